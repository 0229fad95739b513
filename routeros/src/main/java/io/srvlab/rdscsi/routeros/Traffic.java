package io.srvlab.rdscsi.routeros;

import java.util.List;
import java.util.OptionalLong;

/** Reads what {@link Command#monitorTraffic} prints. */
public final class Traffic {
    private static final String IN_FLIGHT = "in-flight-ops:";

    private Traffic() {}

    /**
     * How many operations the disk has begun and not finished; empty if the appliance does not count them.
     *
     * @throws UnreadableReply if it printed the line, and no number in it
     */
    public static OptionalLong inFlight(List<String> lines) {
        return lines.stream()
                .map(String::strip)
                .filter(line -> line.startsWith(IN_FLIGHT))
                .mapToLong(line -> Row.number(
                        "in-flight-ops", line.substring(IN_FLIGHT.length()).strip()))
                .findFirst();
    }
}
