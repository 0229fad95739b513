package io.srvlab.rdscsi.simulator.console;

import java.util.Map;

/** The console of one appliance: runs what one {@code exec} carries. Safe for many sessions at once. */
public final class Console {
    /** What an exec printed, lines ended as RouterOS does (CRLF, errors LF), and whether its last line failed. */
    public record Output(String text, boolean failed) {}

    private final Map<String, Menu> menus;

    /**
     * A console over these menus.
     *
     * @param menus by path without the leading slash, words joined by one slash: {@code disk}, {@code system/resource}
     */
    public Console(Map<String, Menu> menus) {
        this.menus = Map.copyOf(menus);
    }

    public Output run(String exec) {
        return new Output("bad command name " + exec + menus.size() + "\n", true);
    }
}
