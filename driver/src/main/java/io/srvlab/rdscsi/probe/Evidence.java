package io.srvlab.rdscsi.probe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What may be said of an appliance's fencing: what a stored report has shown, as long as the same RouterOS runs. Nothing else
 * is claimed, however sure the driver's own bookkeeping is.
 */
public final class Evidence {
    private final @Nullable Report report;
    private final Supplier<Optional<String>> running;

    private Evidence(@Nullable Report report, Supplier<Optional<String>> running) {
        this.report = report;
        this.running = running;
    }

    /**
     * What {@code report}, if there is one, is worth.
     *
     * @param running the version of RouterOS that the appliance was last heard to run
     */
    public static Evidence of(Optional<Report> report, Supplier<Optional<String>> running) {
        return new Evidence(report.orElse(null), running);
    }

    /** How a report stands to the appliance of the moment. */
    public sealed interface Standing {
        /** All that fencing rests on was shown on this version. */
        record Shown(String version, String at) implements Standing {}

        /** It was asked on this version, and something that fencing rests on was not shown. */
        record NotShown(String version, List<String> missing) implements Standing {}

        /** Another version runs than was asked. */
        record Outdated(String asked, String runs) implements Standing {}

        /** Which version runs is not known yet. */
        record Unheard(String asked) implements Standing {}

        /** Nobody has given a report. */
        record NoReport() implements Standing {}

        /** For people: behind "fencing is …". */
        default String words() {
            return switch (this) {
                case Shown(var version, var at) ->
                    "enforced, as the probe of %s has shown on RouterOS %s".formatted(at, version);
                case NotShown(var version, var missing) ->
                    "attempted, not claimed to be enforced: the probe on RouterOS %s has not shown %s"
                            .formatted(version, String.join(", ", missing));
                case Outdated(var asked, var runs) ->
                    "attempted, not claimed to be enforced: the probe's report is of RouterOS %s, and %s runs: run rds-csi probe again"
                            .formatted(asked, runs);
                case Unheard(var asked) ->
                    "attempted: the probe's report is of RouterOS %s, and which one runs is not known yet"
                            .formatted(asked);
                case NoReport() ->
                    "attempted, not claimed to be enforced: no probe has shown what this appliance does; run rds-csi probe and give its report with --probe-report";
            };
        }
    }

    public Standing standing() {
        if (report == null) return new Standing.NoReport();
        var runs = running.get();
        if (runs.isEmpty()) return new Standing.Unheard(report.routerOs());
        if (!runs.get().equals(report.routerOs())) return new Standing.Outdated(report.routerOs(), runs.get());
        var missing = needed().filter(id -> !shown(id)).toList();
        return missing.isEmpty()
                ? new Standing.Shown(report.routerOs(), report.at().toString())
                : new Standing.NotShown(report.routerOs(), missing);
    }

    /** What fencing rests on, and whether that was shown on the version that runs. */
    public Map<String, Boolean> beliefs() {
        boolean holds = report != null && running.get().equals(Optional.of(report.routerOs()));
        return needed().collect(Collectors.toMap(id -> id, id -> holds && shown(id)));
    }

    /** Behind a sentence that says a host was cut: empty if cuts were shown here. */
    public String caveat() {
        return standing() instanceof Standing.Shown
                ? ""
                : " That cuts hold on this appliance is not shown (rds-csi probe).";
    }

    /** All that is asked today: a report of an older driver that lacks one does not show it. */
    private static Stream<String> needed() {
        return Questions.all().stream()
                .filter(question -> question.weight() == Weight.NEEDED)
                .map(Question::id);
    }

    private boolean shown(String id) {
        return report != null
                && report.findings().stream().anyMatch(finding -> finding.id().equals(id) && finding.shown());
    }
}
