package io.srvlab.rdscsi.volume;

/** Ends an RPC with the {@link Problem} it carries; the server turns that into the RPC's status. */
public final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public Failed(Problem problem) {
        super(problem.sentence());
        this.problem = problem;
    }

    /** As {@link #Failed(Problem)}, keeping the exception that led to it for the log. */
    public Failed(Problem problem, Throwable cause) {
        super(problem.sentence(), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
