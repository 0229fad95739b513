package io.srvlab.rdscsi.simulator.personality;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The words of a line of a faults file: separated by blanks; one that holds blanks or nothing is in double quotes. */
public final class Words {
    private static final Pattern WORD = Pattern.compile("\\s*((?:[^\\s\"]|\"(?:[^\"\\\\]|\\\\.)*\")+)");

    private Words() {}

    /**
     * The words of a line, without their quotes.
     *
     * @throws IllegalArgumentException a quote is never closed
     */
    public static List<String> of(String line) {
        var words = new ArrayList<String>();
        var text = line.strip();
        var found = WORD.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!found.region(at, text.length()).lookingAt())
                throw new IllegalArgumentException("an open quote: " + line);
            words.add(plain(found.group(1)));
            at = found.end();
        }
        return words;
    }

    /** In quotes, a backslash before a quote or a backslash goes; every other one stays, as in an expression. */
    private static String plain(String word) {
        var text = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            char next = i + 1 < word.length() ? word.charAt(i + 1) : ' ';
            if (c == '"') quoted = !quoted;
            else if (quoted && c == '\\' && (next == '"' || next == '\\')) text.append(word.charAt(++i));
            else text.append(c);
        }
        return text.toString();
    }

    /** A time such as {@code 200ms}, {@code 1.5s}, {@code 2m}. */
    public static Duration duration(String text) {
        try {
            if (text.endsWith("ms")) return Duration.ofMillis(count(text.substring(0, text.length() - 2)));
            var duration = Duration.parse("PT" + text);
            if (!duration.isNegative()) return duration;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("not a duration such as 20s: " + text, e);
        }
        throw new IllegalArgumentException("not a duration such as 20s: " + text);
    }

    /** A number, maybe 0. */
    public static long count(String text) {
        if (!text.matches("[0-9]{1,15}")) throw new IllegalArgumentException("not a number: " + text);
        return Long.parseLong(text);
    }
}
