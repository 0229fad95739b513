package io.srvlab.rdscsi.simulator.device;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code monitor-traffic once} prints: names and values each aligned to the right. What nobody counts is zero. */
final class TrafficReport {
    private static final int NAME_WIDTH = 22;

    private TrafficReport() {}

    static String of(String slot, Network.Counters counted, boolean inFlight) {
        var rows = new LinkedHashMap<String, String>();
        rows.put("slot", slot);
        put(rows, "read", counted.reads(), counted.readBytes());
        put(rows, "write", counted.writes(), counted.writtenBytes());
        if (inFlight) rows.put("in-flight-ops", Sizes.grouped(counted.inFlight()));
        rows.put("active-time", "0ms");
        rows.put("wait-time", "0ms");
        rows.put("discard-ops", "0");
        rows.put("discard-bytes", "0");
        rows.put("discard-merges", "0");
        rows.put("discard-time", "0ms");
        rows.put("flush-ops", Sizes.grouped(counted.flushes()));
        rows.put("flush-time", "0ms");
        int width = rows.values().stream().mapToInt(String::length).max().orElseThrow();
        var text = new StringBuilder();
        var line = "%" + NAME_WIDTH + "s: %" + width + "s\n";
        rows.forEach((name, value) -> text.append(String.format(Locale.ROOT, line, name, value)));
        return text.toString();
    }

    private static void put(Map<String, String> rows, String direction, long operations, long bytes) {
        rows.put(direction + "-ops", Sizes.grouped(operations));
        rows.put(direction + "-ops-per-second", "0");
        rows.put(direction + "-bytes", Sizes.grouped(bytes));
        rows.put(direction + "-rate", "0bps");
        rows.put(direction + "-merges", "0");
        rows.put(direction + "-time", "0ms");
    }
}
