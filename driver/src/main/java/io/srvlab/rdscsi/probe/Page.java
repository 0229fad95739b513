package io.srvlab.rdscsi.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as people read it. */
public final class Page {
    private Page() {}

    public static String of(Report report) {
        var lines = new ArrayList<String>();
        lines.add("Probe of %s, RouterOS %s, by rds-csi %s at %s"
                .formatted(report.board(), report.routerOs(), report.driver(), report.at()));
        for (var weight : Weight.values()) {
            lines.add("");
            lines.add(title(weight));
            for (var finding : report.findings()) if (finding.weight() == weight) lines.addAll(of(finding));
        }
        if (!report.leftBehind().isEmpty()) {
            lines.add("");
            lines.add("LEFT BEHIND on the appliance; the next probe removes it, or you do:");
            report.leftBehind().forEach(line -> lines.add("  " + line));
        }
        lines.add("");
        lines.add("Verdict: " + report.verdict().words().toUpperCase(Locale.ROOT) + reasons(report));
        return String.join("\n", lines);
    }

    /** One finding on one line, as they come. */
    public static String line(Finding finding) {
        return "%-14s %-18s %s".formatted(word(finding.answer()), finding.id(), finding.belief());
    }

    private static List<String> of(Finding finding) {
        return List.of(
                line(finding),
                "                 asked: " + finding.how(),
                "                 seen:  " + finding.answer().text(),
                "                 so:    " + finding.then());
    }

    private static String title(Weight weight) {
        return switch (weight) {
            case NEEDED -> "What the promise of one writer rests on";
            case LIMIT -> "What the driver offers";
            case NOTE -> "For the record";
        };
    }

    private static String word(Answer answer) {
        return switch (answer) {
            case Answer.Shown _ -> "yes";
            case Answer.Refuted _ -> "NO";
            case Answer.NotAsked _ -> "not asked";
            case Answer.CouldNotAsk _ -> "could not ask";
        };
    }

    private static String reasons(Report report) {
        var ids = report.findings().stream()
                .filter(finding -> finding.verdict() == report.verdict() && report.verdict() != Verdict.ALL_WELL)
                .map(Finding::id)
                .toList();
        return ids.isEmpty() ? "" : ": " + String.join(", ", ids);
    }
}
