package io.srvlab.rdscsi.simulator.console;

import java.util.Map;

/** The console of one appliance: runs what one {@code exec} carries. Safe for many sessions at once. */
public final class Console {
    private static final int LONGEST_EXEC = 64 << 10;

    /** What an exec printed, lines ended as RouterOS does (CRLF, errors LF), and whether its last line failed. */
    public record Output(String text, boolean failed) {}

    /** Lets others see the two steps of a command: it found this item, and has not changed it yet. */
    @FunctionalInterface
    public interface Pace {
        /**
         * Called before the first change of a command that found any item.
         *
         * @param command such as {@code /disk/set}
         * @param item the slot or name of the first, if it has one
         */
        void between(String command, String item);
    }

    private final Tree tree;
    private final Pace pace;

    /**
     * A console over these menus.
     *
     * @param menus by path without the leading slash, words joined by one slash: {@code disk}, {@code system/resource}
     */
    public Console(Map<String, Menu> menus) {
        this(menus, (_, _) -> {});
    }

    /** The same, whose commands may be seen half done. */
    public Console(Map<String, Menu> menus, Pace pace) {
        this.tree = new Tree(Map.copyOf(menus));
        this.pace = pace;
    }

    /** Runs the lines of {@code exec} one by one. A line that fails does not stop the next. */
    public Output run(String exec) {
        if (exec.length() > LONGEST_EXEC) return new Output("failure: script is too long\n", true);
        var evaluator = new Evaluator(pace);
        boolean well = true;
        for (String line : Lines.of(exec)) well = evaluator.line(line, tree);
        return new Output(evaluator.output(), !well);
    }
}
