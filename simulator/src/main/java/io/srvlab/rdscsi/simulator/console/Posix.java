package io.srvlab.rdscsi.simulator.console;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions of {@code ~}: POSIX extended, run by Java's. What only Java knows is refused. */
final class Posix {
    private final String posix;
    private final StringBuilder java = new StringBuilder();
    private int at;

    private Posix(String posix) {
        this.posix = posix;
    }

    /** Whether {@code text} has a part that matches {@code posix}. */
    static boolean matches(String text, String posix) throws ConsoleError {
        try {
            return Pattern.compile(new Posix(posix).translate(), Pattern.DOTALL)
                    .matcher(new Bounded(text))
                    .find();
        } catch (PatternSyntaxException _) {
            throw invalid();
        } catch (StackOverflowError _) {
            // Java's matcher recurses once per repeat of a group.
            throw new ConsoleError("regular expression is too complex");
        }
    }

    /** Text that may be looked at only so often, since some expressions try every way there is. */
    private static final class Bounded implements CharSequence {
        private static final int MOST_LOOKS = 10_000_000;

        private final CharSequence text;
        private int looks;

        Bounded(CharSequence text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks > MOST_LOOKS) throw new Signal.Exhausted("failure: regular expression takes too many steps");
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static ConsoleError invalid() {
        return new ConsoleError("invalid regular expression");
    }

    private String translate() throws ConsoleError {
        for (; at < posix.length(); at++) {
            char c = posix.charAt(at);
            boolean more = at + 1 < posix.length();
            switch (c) {
                case '\\' -> {
                    if (!more || (Lexer.isWord(posix.charAt(at + 1)) && posix.charAt(at + 1) != '-')) throw invalid();
                    java.append('\\').append(posix.charAt(++at));
                }
                case '[' -> set();
                case '*', '+', '?' -> {
                    // Two repeats in a row, or one of nothing, mean something else to Java.
                    if (at == 0 || ("*+?(|".indexOf(posix.charAt(at - 1)) >= 0 && !escaped(at - 1))) throw invalid();
                    java.append(c);
                }
                default -> java.append(c);
            }
        }
        return java.toString();
    }

    private boolean escaped(int position) {
        int slashes = 0;
        while (position - slashes > 0 && posix.charAt(position - slashes - 1) == '\\') slashes++;
        return slashes % 2 == 1;
    }

    /** {@code […]}, in which a backslash is itself and {@code [:digit:]} a class. */
    private void set() throws ConsoleError {
        java.append('[');
        at++;
        if (at < posix.length() && posix.charAt(at) == '^') java.append(posix.charAt(at++));
        for (int first = at; at < posix.length(); at++) {
            char c = posix.charAt(at);
            if (c == ']' && at > first) {
                java.append(']');
                return;
            }
            if (posix.startsWith("[:", at)) {
                int end = posix.indexOf(":]", at);
                if (end < 0) throw invalid();
                java.append(classNamed(posix.substring(at + 2, end)));
                at = end + 1;
            } else {
                if ("[]\\&^".indexOf(c) >= 0) java.append('\\');
                java.append(c);
            }
        }
        throw invalid();
    }

    private static String classNamed(String name) throws ConsoleError {
        return switch (name) {
            case "alpha" -> "\\p{Alpha}";
            case "digit" -> "\\p{Digit}";
            case "alnum" -> "\\p{Alnum}";
            case "upper" -> "\\p{Upper}";
            case "lower" -> "\\p{Lower}";
            case "space" -> "\\p{Space}";
            case "punct" -> "\\p{Punct}";
            case "xdigit" -> "\\p{XDigit}";
            default -> throw invalid();
        };
    }
}
