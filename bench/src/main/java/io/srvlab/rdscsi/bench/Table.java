package io.srvlab.rdscsi.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was measured, beside what was aimed at, in Markdown. */
final class Table {
    /** What a command line takes in the simulator, which is the unit of the aims. */
    static final Duration ROUND_TRIP = Duration.ofMillis(50);

    private final List<String> rows = new ArrayList<>(List.of(
            "| | p50 | p95 | p50 in round trips of %d ms | p50 in Probes, taken by turns | command lines | API looks | aim |"
                    .formatted(ROUND_TRIP.toMillis()),
            "|---|---|---|---|---|---|---|---|"));

    /**
     * Adds the times of a call.
     *
     * @param probes times of calls that cost one command line, taken by turns with these: what a round trip really took
     * @param lines on the appliance, of all calls together
     * @param looks at the API server, of all calls together
     */
    void add(String what, Times times, Times probes, long lines, int looks, String aim) {
        row(
                what,
                "%.0f ms".formatted(times.p50()),
                "%.0f ms".formatted(times.p95()),
                "%.2f".formatted(times.p50() / ROUND_TRIP.toMillis()),
                "%.2f of %.0f ms".formatted(times.p50() / probes.p50(), probes.p50()),
                "%.2f".formatted((double) lines / times.count()),
                "%.2f".formatted((double) looks / times.count()),
                aim);
    }

    /** Adds what is no time of a call. */
    void add(String what, String seen, String aim) {
        row(what, seen, "", "", "", "", "", aim);
    }

    private void row(String... cells) {
        rows.add("| " + String.join(" | ", cells) + " |");
        System.err.println(rows.getLast());
    }

    void print(PrintStream out) {
        rows.forEach(out::println);
    }
}
