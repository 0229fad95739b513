package io.srvlab.rdscsi.simulator.console;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The console of one appliance: runs what one {@code exec} carries. Safe for many sessions at once. */
public final class Console implements AutoCloseable {
    private static final int LONGEST_EXEC = 64 << 10;

    /** What an exec printed, lines ended as RouterOS does (CRLF, errors LF), and whether its last line failed. */
    public record Output(String text, boolean failed) {}

    /**
     * Who types.
     *
     * @param policies what the user may do
     */
    public record User(String name, Set<Policy> policies) {
        /** One who may do anything. */
        public static final User FULL = new User("admin", EnumSet.allOf(Policy.class));

        public User {
            policies = Set.copyOf(policies);
        }
    }

    private final Tree tree;
    private final Jobs jobs = new Jobs();
    private final Host host;

    /**
     * A console over these menus.
     *
     * @param menus by path without the leading slash, words joined by one slash: {@code disk}, {@code system/resource}
     */
    public Console(Map<String, Menu> menus) {
        this(menus, Host.PLAIN);
    }

    /** The same, on a host. */
    public Console(Map<String, Menu> menus, Host host) {
        var all = new HashMap<>(menus);
        all.put("system/script/job", jobs);
        this.tree = new Tree(Map.copyOf(all));
        this.host = host;
    }

    /** Runs the lines of {@code exec} one by one, for one who may do anything. */
    public Output run(String exec) {
        return run(exec, User.FULL);
    }

    /** Runs the lines of {@code exec} one by one. A line that fails does not stop the next. */
    public Output run(String exec, User user) {
        if (exec.length() > LONGEST_EXEC) return new Output("failure: script is too long\n", true);
        var evaluator = new Evaluator(new Session(tree, host, jobs, user));
        boolean well = true;
        for (String line : Lines.of(exec)) well = evaluator.line(line);
        return new Output(evaluator.output(), !well);
    }

    /** Ends the jobs that run behind. */
    @Override
    public void close() {
        jobs.close();
    }
}
