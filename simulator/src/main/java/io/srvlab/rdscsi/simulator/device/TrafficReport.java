package io.srvlab.rdscsi.simulator.device;

import java.util.LinkedHashMap;
import java.util.Locale;

/** What {@code monitor-traffic once} prints: names and values each aligned to the right. Nothing is measured, so the rest is zero. */
final class TrafficReport {
    private static final int NAME_WIDTH = 22;

    private TrafficReport() {}

    static String of(String slot, long inFlight) {
        var rows = new LinkedHashMap<String, String>();
        rows.put("slot", slot);
        for (var direction : new String[] {"read", "write"}) {
            rows.put(direction + "-ops", "0");
            rows.put(direction + "-ops-per-second", "0");
            rows.put(direction + "-bytes", "0");
            rows.put(direction + "-rate", "0bps");
            rows.put(direction + "-merges", "0");
            rows.put(direction + "-time", "0ms");
        }
        rows.put("in-flight-ops", Sizes.grouped(inFlight));
        rows.put("active-time", "0ms");
        rows.put("wait-time", "0ms");
        rows.put("discard-ops", "0");
        rows.put("discard-bytes", "0");
        rows.put("discard-merges", "0");
        rows.put("discard-time", "0ms");
        rows.put("flush-ops", "0");
        rows.put("flush-time", "0ms");
        int width = rows.values().stream().mapToInt(String::length).max().orElseThrow();
        var text = new StringBuilder();
        var line = "%" + NAME_WIDTH + "s: %" + width + "s\n";
        rows.forEach((name, value) -> text.append(String.format(Locale.ROOT, line, name, value)));
        return text.toString();
    }
}
