package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.Locale;
import java.util.regex.Pattern;

/** How sizes are written: {@code 50G} going in, {@code 50.0GiB} or {@code 53 687 091 200} coming out. */
final class Sizes {
    private static final Pattern WITH_SUFFIX = Pattern.compile("([0-9]{1,15})([KMGT]?)");
    private static final String UNITS = "KMGT";

    private Sizes() {}

    /** Bytes, more than zero; suffixes are binary. */
    static long parse(String property, Value value) throws ConsoleError {
        if (value instanceof Value.Num(long bytes) && bytes > 0) return bytes;
        if (!(value instanceof Value.Text(String text))) throw Refusal.invalid(property);
        var m = WITH_SUFFIX.matcher(text);
        if (!m.matches()) throw Refusal.invalid(property);
        long count = Long.parseLong(m.group(1));
        int shift = m.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(m.group(2)) + 1);
        if (count == 0 || count > Long.MAX_VALUE >> shift) throw Refusal.invalid(property);
        return count << shift;
    }

    /** One decimal and a binary unit. Exactly 1 GiB is {@code 1024.0MiB}, as captured from a device. */
    static String rounded(long bytes) {
        double shown = bytes;
        int unit = -1;
        while (shown > 1024 && unit < UNITS.length() - 1) {
            shown /= 1024;
            unit++;
        }
        return unit < 0 ? Long.toString(bytes) : String.format(Locale.ROOT, "%.1f%siB", shown, UNITS.charAt(unit));
    }

    /** Digits in groups of three. */
    static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
    }
}
