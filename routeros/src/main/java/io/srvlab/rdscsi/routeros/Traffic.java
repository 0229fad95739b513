package io.srvlab.rdscsi.routeros;

import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link Command#monitorTraffic} prints of one disk.
 *
 * @param inFlight operations that the disk has begun and not finished
 * @param everCounted whether any operation was ever counted on this disk; where none was, nothing shows that this
 *     RouterOS counts for this kind of disk at all
 */
public record Traffic(long inFlight, boolean everCounted) {
    private static final String IN_FLIGHT = "in-flight-ops";
    private static final Set<String> TOTALS = Set.of("read-ops", "write-ops", "discard-ops", "flush-ops");

    /**
     * Reads the lines; empty if the appliance does not count operations in flight.
     *
     * @throws UnreadableReply if it printed a counter that is no number
     */
    public static Optional<Traffic> parse(List<String> lines) {
        var counters = new HashMap<String, Long>();
        for (var line : lines) {
            int colon = line.indexOf(':');
            if (colon < 0) continue;
            var name = line.substring(0, colon).strip();
            if (name.equals(IN_FLIGHT) || TOTALS.contains(name)) {
                counters.put(name, Row.number(name, line.substring(colon + 1).strip()));
            }
        }
        return Optional.ofNullable(counters.remove(IN_FLIGHT))
                .map(inFlight -> new Traffic(
                        inFlight, inFlight > 0 || counters.values().stream().anyMatch(total -> total > 0)));
    }
}
