package io.srvlab.rdscsi.simulator.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts what an exec carries into lines that run one by one. A line end inside braces, brackets, parentheses or quotes
 * cuts nothing; what is never closed takes the whole rest with it.
 */
final class Lines {
    private final String text;
    private final Deque<Character> open = new ArrayDeque<>();
    private final List<String> lines = new ArrayList<>();
    private int start;
    private boolean commandBegun;

    private Lines(String text) {
        this.text = text;
    }

    static List<String> of(String exec) {
        var lines = new Lines(exec);
        lines.cut();
        return lines.lines.stream().filter(line -> !line.isBlank()).toList();
    }

    private void cut() {
        for (int at = 0; at < text.length(); at++) at = inString() ? quoted(at) : code(at);
        lines.add(text.substring(start));
    }

    private boolean inString() {
        return !open.isEmpty() && open.peek() == '"';
    }

    /** Looks at one character inside a string; gives the position of the last one looked at. */
    private int quoted(int at) {
        switch (text.charAt(at)) {
            case '\\' -> {
                return at + 1;
            }
            case '"' -> open.pop();
            case '$' -> {
                char after = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
                if (after == '[' || after == '(') {
                    open.push(closing(after));
                    return at + 1;
                }
            }
            default -> {}
        }
        return at;
    }

    private int code(int at) {
        char c = text.charAt(at);
        if (c == '#' && !commandBegun) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end - 1;
        }
        switch (c) {
            case '"' -> open.push('"');
            case '{', '[', '(' -> open.push(closing(c));
            case '}', ']', ')' -> {
                if (!open.isEmpty() && open.peek() == c) open.pop();
            }
            case '\n' -> {
                if (open.isEmpty()) {
                    lines.add(text.substring(start, at));
                    start = at + 1;
                }
            }
            default -> {}
        }
        if (";\n{[".indexOf(c) >= 0) commandBegun = false;
        else if (" \t\r".indexOf(c) < 0) commandBegun = true;
        return at;
    }

    private static char closing(char opening) {
        return switch (opening) {
            case '{' -> '}';
            case '[' -> ']';
            default -> ')';
        };
    }
}
