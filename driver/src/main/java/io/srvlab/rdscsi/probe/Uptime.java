package io.srvlab.rdscsi.probe;

import java.util.regex.Pattern;

/** A time as RouterOS prints it: {@code 1w2d03:04:05}, {@code 1w2d3h4m5s}. */
final class Uptime {
    private static final Pattern SHAPE = Pattern.compile(
            "(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+):([0-9]+):([0-9]+)(?:[.][0-9]+)?|(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?)");
    private static final int[] SECONDS = {7 * 86_400, 86_400, 3600, 60, 1, 3600, 60, 1};

    private Uptime() {}

    /** @throws Unanswered it is of no known shape */
    static long seconds(String text) throws Unanswered {
        var shape = SHAPE.matcher(text.strip());
        if (text.isBlank() || !shape.matches()) throw new Unanswered("the uptime cannot be read: " + text);
        long seconds = 0;
        for (int i = 0; i < SECONDS.length; i++) {
            var digits = shape.group(i + 1);
            if (digits != null) seconds += Long.parseLong(digits) * SECONDS[i];
        }
        return seconds;
    }
}
