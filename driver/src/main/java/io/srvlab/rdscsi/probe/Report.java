package io.srvlab.rdscsi.probe;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * What one probe found.
 *
 * @param at when it ended
 * @param driver version of this program
 * @param routerOs version of RouterOS as the appliance says it
 * @param board its model and architecture
 * @param leftBehind what could not be removed again, for the operator; empty as a rule
 */
public record Report(
        Instant at, String driver, String routerOs, String board, List<Finding> findings, List<String> leftBehind) {
    public Report {
        findings = List.copyOf(findings);
        leftBehind = List.copyOf(leftBehind);
    }

    public Verdict verdict() {
        return findings.stream()
                .map(Finding::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.NOT_SAFE);
    }

    /** What the driver's promise rests on and was not shown. */
    public List<Finding> missing() {
        return findings.stream()
                .filter(finding -> finding.weight() == Weight.NEEDED && !finding.shown())
                .toList();
    }
}
