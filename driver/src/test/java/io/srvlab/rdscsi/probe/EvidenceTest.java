package io.srvlab.rdscsi.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.probe.Evidence.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fencing is claimed to be enforced only where a probe has shown all that it rests on, on the RouterOS that runs. */
class EvidenceTest {
    private static final String VERSION = "7.22.1 (stable)";

    @Test
    void allShownOnTheVersionThatRunsIsClaimedInWords() {
        var evidence = evidence(report(answer -> answer), VERSION);
        assertThat(evidence.standing()).isInstanceOf(Standing.Shown.class);
        assertThat(evidence.standing().words())
                .startsWith("enforced, as the probe of ")
                .contains(VERSION);
        assertThat(evidence.caveat()).isEmpty();
        assertThat(evidence.beliefs())
                .containsKeys("cut-felt", "stranger-refused")
                .doesNotContainValue(false);
    }

    @Test
    void oneThingNotShownIsNamedAndNothingIsClaimed() {
        for (var otherwise : List.of(new Answer.Refuted("x"), new Answer.CouldNotAsk("x"), new Answer.NotAsked("x"))) {
            var evidence = evidence(
                    report(finding -> finding.id().equals("cut-felt") ? answered(finding, otherwise) : finding),
                    VERSION);
            assertThat(evidence.standing()).isEqualTo(new Standing.NotShown(VERSION, List.of("cut-felt")));
            assertNothingIsClaimed(evidence);
            assertThat(evidence.beliefs()).containsEntry("cut-felt", false).containsEntry("cut-stays", true);
        }
    }

    @Test
    void aReportThatLacksAQuestionOfTodayDoesNotShowIt() {
        var all = report(finding -> finding);
        var findings = all.findings().stream()
                .filter(finding -> !finding.id().equals("old-name-gone"))
                .toList();
        var older = new Report(all.at(), all.driver(), all.routerOs(), all.board(), findings, List.of());
        assertThat(evidence(older, VERSION).standing())
                .isEqualTo(new Standing.NotShown(VERSION, List.of("old-name-gone")));
    }

    @Test
    void anotherRouterOsAsksForANewProbe() {
        var evidence = evidence(report(answer -> answer), "7.23 (stable)");
        assertThat(evidence.standing()).isEqualTo(new Standing.Outdated(VERSION, "7.23 (stable)"));
        assertNothingIsClaimed(evidence);
        assertThat(evidence.standing().words()).contains("run rds-csi probe again");
        assertThat(evidence.beliefs()).doesNotContainValue(true);
    }

    @Test
    void withoutAReportOrBeforeTheVersionIsKnownNothingIsClaimed() {
        var none = Evidence.of(Optional.empty(), () -> Optional.of(VERSION));
        assertThat(none.standing()).isEqualTo(new Standing.NoReport());
        assertNothingIsClaimed(none);
        var unheard = Evidence.of(Optional.of(report(answer -> answer)), Optional::empty);
        assertThat(unheard.standing()).isEqualTo(new Standing.Unheard(VERSION));
        assertNothingIsClaimed(unheard);
        assertThat(unheard.beliefs()).doesNotContainValue(true);
    }

    @Test
    void whatIsNoReportIsRefusedWithItsFile(@TempDir Path directory) throws Exception {
        for (var text : List.of("", "{", "[]", "{\"format\":2}", "{\"format\":1}", "{\"format\":1,\"at\":\"soon\"}")) {
            var file = Files.writeString(directory.resolve("r.json"), text);
            assertThatThrownBy(() -> ReportJson.read(file))
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("r.json");
        }
    }

    private static void assertNothingIsClaimed(Evidence evidence) {
        assertThat(evidence.standing().words()).startsWith("attempted");
        assertThat(evidence.caveat()).contains("not shown");
    }

    private static Evidence evidence(Report report, String running) {
        return Evidence.of(Optional.of(report), () -> Optional.of(running));
    }

    private static Report report(UnaryOperator<Finding> change) {
        var findings = Questions.all().stream()
                .map(question -> change.apply(Finding.of(question, new Answer.Shown("seen"))))
                .toList();
        return new Report(Instant.EPOCH, "1", VERSION, "CHR", findings, List.of());
    }

    private static Finding answered(Finding finding, Answer answer) {
        return new Finding(finding.id(), finding.weight(), finding.belief(), finding.how(), answer, finding.then());
    }
}
