package io.srvlab.rdscsi.simulator.console;

/** {@code :execute}: a script that runs by itself, at once or behind. */
record Execution(Evaluator evaluator, String script) {
    /** How deep scripts may begin one another. */
    private static final int DEEPEST = 3;

    /**
     * Begins it, and gives the job's id; or runs it, and gives its output.
     *
     * @param file what it prints goes there, with {@code .txt} behind the name; empty: nowhere
     */
    Value run(String file, boolean asString) throws ConsoleError {
        if (asString) return new Value.Text(output());
        var session = evaluator.session();
        return session.jobs()
                .begin(script, session.user().name(), () -> session.host().turn(() -> behind(file)));
    }

    private String output() throws ConsoleError {
        if (evaluator.depth() >= DEEPEST) throw new ConsoleError("failure: scripts are nested too deep");
        var inner = new Evaluator(evaluator);
        Lines.of(script).forEach(inner::line);
        return inner.output();
    }

    private void behind(String file) {
        var session = evaluator.session();
        var inner = file.isEmpty() ? new Evaluator(session) : new Evaluator(session, job -> write(file, job.output()));
        Lines.of(script).forEach(inner::line);
    }

    private void write(String file, String text) {
        try {
            evaluator.session().host().write(file.endsWith(".txt") ? file : file + ".txt", text);
        } catch (ConsoleError _) {
            // What goes wrong in a job reaches nobody.
        }
    }
}
