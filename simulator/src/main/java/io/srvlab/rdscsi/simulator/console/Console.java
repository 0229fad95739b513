package io.srvlab.rdscsi.simulator.console;

import java.util.Map;

/** The console of one appliance: runs what one {@code exec} carries. Safe for many sessions at once. */
public final class Console {
    private static final int LONGEST_EXEC = 64 << 10;

    /** What an exec printed, lines ended as RouterOS does (CRLF, errors LF), and whether its last line failed. */
    public record Output(String text, boolean failed) {}

    private final Tree tree;

    /**
     * A console over these menus.
     *
     * @param menus by path without the leading slash, words joined by one slash: {@code disk}, {@code system/resource}
     */
    public Console(Map<String, Menu> menus) {
        this.tree = new Tree(Map.copyOf(menus));
    }

    /** Runs the lines of {@code exec} one by one. A line that fails does not stop the next. */
    public Output run(String exec) {
        if (exec.length() > LONGEST_EXEC) return new Output("failure: script is too long\n", true);
        var evaluator = new Evaluator();
        boolean well = true;
        for (String line : Lines.of(exec)) well = evaluator.line(line, tree);
        return new Output(evaluator.output(), !well);
    }
}
