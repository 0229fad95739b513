package io.srvlab.rdscsi.routeros;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** How long an appliance has been running, as {@code /system/resource} prints it. */
public final class Uptime {
    // 1w2d03:04:05 on the console, 2d20h12m20s elsewhere.
    private static final Pattern CLOCK =
            Pattern.compile("(?:([0-9]{1,5})w)?(?:([0-9]{1,5})d)?([0-9]{1,5}):([0-9]{2}):([0-9]{2})(?:[.][0-9]{1,9})?");
    private static final Pattern UNITS = Pattern.compile(
            "(?=.)(?:([0-9]{1,5})w)?(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?(?:[0-9]{1,9}ms)?");
    private static final long[] SECONDS = {604_800, 86_400, 3_600, 60, 1};

    private Uptime() {}

    /** The span, to the second; empty if it is written in no known way. */
    public static Optional<Duration> parse(String text) {
        for (var shape : new Pattern[] {CLOCK, UNITS}) {
            var parts = shape.matcher(text.strip());
            if (!parts.matches()) continue;
            long seconds = 0;
            for (int i = 0; i < SECONDS.length; i++) {
                var part = parts.group(i + 1);
                if (part != null) seconds += Long.parseLong(part) * SECONDS[i];
            }
            return Optional.of(Duration.ofSeconds(seconds));
        }
        return Optional.empty();
    }
}
