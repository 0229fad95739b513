package io.srvlab.rdscsi.routeros;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a script printed. The exit status plays no part: it is 0 for many a script that failed. */
final class Answer {
    /** What an error begins with; the place that follows, {@code (/disk/get; line 1)}, is no part of it. */
    private static final List<String> ERRORS = List.of(
            "failure:",
            "script error:",
            "no such item",
            "bad command name",
            "bad parameter",
            "syntax error",
            "expected ",
            "missing ",
            "invalid value",
            "input does not match",
            "not allowed",
            "not enough permissions",
            "interrupted");

    private static final List<String> FORBIDDEN = List.of("not allowed (9)", "not enough permissions");

    private static final Pattern BUSY = Pattern.compile("\\bbusy\\b", Pattern.CASE_INSENSITIVE);

    private static final List<String> FULL = List.of(
            "not enough space",
            "not enough disk space",
            "not enough free space",
            "no space left",
            "no free space",
            "insufficient space",
            "insufficient disk space",
            "disk full",
            "disk is full",
            "out of space",
            "out of disk space");

    private Answer() {}

    /** What the commands of the script printed, if {@code out} ends in {@code mark}: else the script did not end. */
    static Optional<List<String>> done(String out, String mark) {
        var lines = lines(out);
        return !lines.isEmpty() && lines.getLast().equals(mark)
                ? Optional.of(lines.subList(0, lines.size() - 1))
                : Optional.empty();
    }

    /**
     * The refusal that ended a script; empty if nothing was printed. What earlier commands printed comes before it.
     *
     * @param rights what the script needs
     */
    static Optional<Reply> refusal(String out, String err, Rights rights) {
        var lines = lines(err.isBlank() ? out : err).stream()
                .filter(line -> !line.isBlank())
                .toList();
        if (lines.isEmpty()) return Optional.empty();
        int first = lines.size() - 1;
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (beginsWithAny(lines.get(i), ERRORS)) {
                first = i;
                break;
            }
        }
        return Optional.of(classified(
                ForeignText.bounded(String.join("\n", lines.subList(first, lines.size()))), rights));
    }

    /** What one error text means. */
    static Reply classified(String text, Rights rights) {
        // "failure: could not grow file: no space left": any part may be the one that tells.
        var parts = text.split(":\\s+");
        if (Arrays.stream(parts).anyMatch(part -> beginsWithAny(part, FULL))) return new Reply.Full(text);
        if (Arrays.stream(parts).anyMatch(part -> beginsWithAny(part, FORBIDDEN))) {
            return new Reply.NotAllowed(text, rights.policies(), rights.grant());
        }
        if (text.replaceFirst("(?i)^(failure|script error):\\s*", "").startsWith("no such item")) {
            return new Reply.NotThere(text);
        }
        return beginsWithAny(text, List.of("failure:")) && BUSY.matcher(text).find()
                ? new Reply.Busy(text)
                : new Reply.Refused(text);
    }

    private static boolean beginsWithAny(String text, List<String> beginnings) {
        var plain = text.strip().toLowerCase(Locale.ROOT);
        return beginnings.stream().anyMatch(plain::startsWith);
    }

    /** Without line ends, and without the empty lines at the end. */
    private static List<String> lines(String text) {
        var lines = text.lines().toList();
        int end = lines.size();
        while (end > 0 && lines.get(end - 1).isBlank()) end--;
        return lines.subList(0, end);
    }
}
