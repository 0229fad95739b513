package io.srvlab.rdscsi.simulator.console;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Unquoted values: RouterOS types them aggressively, and only what looks like nothing else is text. */
final class Bare {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+|0x[0-9A-Fa-f]+");
    private static final Pattern ID = Pattern.compile("\\*[0-9A-Fa-f]{1,15}");
    private static final Pattern DOTTED = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){1,3})(/[0-9]{1,2})?");
    private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:/[0-9]{1,3})?");
    private static final Pattern UNITS = Pattern.compile(
            "(?=.)(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?");
    private static final Pattern CLOCK = Pattern.compile(
            "(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?([0-9]{1,3}):([0-9]{2})(?::([0-9]{2}))?(?:\\.([0-9]{3}))?");
    private static final long[] MILLIS = {604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1};

    private Bare() {}

    static Value typed(String word) {
        return switch (word) {
            case "yes", "true" -> new Value.Bool(true);
            case "no", "false" -> new Value.Bool(false);
            default -> number(word);
        };
    }

    private static Value number(String word) {
        if (!NUMBER.matcher(word).matches()) return other(word);
        var number = word.startsWith("0x") ? new BigInteger(word.substring(2), 16) : new BigInteger(word);
        return number.bitLength() < Long.SIZE ? new Value.Num(number.longValue()) : new Value.Text(word);
    }

    private static Value other(String word) {
        if (ID.matcher(word).matches()) return new Value.Id(Long.parseLong(word.substring(1), 16));
        Matcher dotted = DOTTED.matcher(word);
        if (dotted.matches()) return address(word, dotted);
        for (Pattern pattern : new Pattern[] {UNITS, CLOCK}) {
            Matcher time = pattern.matcher(word);
            if (time.matches()) return time(time);
        }
        return COLONS.matcher(word).matches() ? new Value.Address(word) : new Value.Text(word);
    }

    /** Missing middle parts are zero, as a device reads {@code 7.24.1}: {@code 7.24.0.1}. */
    private static Value address(String word, Matcher dotted) {
        String[] parts = dotted.group(1).split("\\.", -1);
        if (Arrays.stream(parts).anyMatch(part -> Integer.parseInt(part) > 255)) return new Value.Text(word);
        var filled = new StringBuilder();
        for (int i = 0; i < parts.length - 1; i++) filled.append(parts[i]).append('.');
        filled.repeat("0.", 4 - parts.length).append(parts[parts.length - 1]);
        String prefix = dotted.group(2);
        return new Value.Address(prefix == null ? filled.toString() : filled + prefix);
    }

    private static Value time(Matcher parts) {
        long millis = 0;
        for (int i = 0; i < MILLIS.length; i++) {
            String part = parts.group(i + 1);
            if (part != null) millis += Long.parseLong(part) * MILLIS[i];
        }
        return new Value.Time(Duration.ofMillis(millis));
    }
}
