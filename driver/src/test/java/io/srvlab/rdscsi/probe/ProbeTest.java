package io.srvlab.rdscsi.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a probe promises to whoever lets it loose on an appliance with volumes on it. */
class ProbeTest {
    private static final Pattern CHANGING = Pattern.compile("/(add|set|remove|copy) ");
    private static final Pattern OF_THE_PROBE = Pattern.compile(
            "slot=\"rdsprobe-|(src|copy-from)=\"rdsprobe-|name=\"(storage-pool/)?rds-csi(/rds-csi-probe[^\"]*)?\"");

    @TempDir
    Path directory;

    @Test
    void onAnApplianceThatBehavesEverythingNeededIsShownAndNothingOfItsOwnStays() throws Exception {
        try (var rds = probed(config -> config.withPreVolumes(3))) {
            var before = rds.everything();
            var report = rds.probe();
            assertThat(report.missing()).isEmpty();
            assertThat(report.verdict()).isEqualTo(Verdict.ALL_WELL);
            assertThat(report.leftBehind()).isEmpty();
            assertThat(report.routerOs()).isEqualTo("7.21.2 (stable)");
            assertThat(rds.everything()).isEqualTo(before);
            assertThat(changesOf(rds)).isNotEmpty().allMatch(OF_THE_PROBE.asPredicate());
        }
    }

    @Test
    void aPlanNamesTheApplianceAndChangesNothing() throws Exception {
        try (var rds = probed(config -> config)) {
            assertThat(String.join("\n", rds.probing().plan()))
                    .contains("RDS2216", "7.21.2", "rds-csi/rds-csi-probe", "nothing else");
            assertThat(changesOf(rds)).isEmpty();
        }
    }

    @Test
    void whatAKilledProbeLeftIsNamedInTheNextPlanAndRemovedByTheNextProbe() throws Exception {
        try (var rds = probed(config -> config)) {
            var before = rds.everything();
            var killed = Thread.ofVirtual().start(() -> {
                try (var way = rds.open()) {
                    rds.probing(way).run((finding, _) -> {
                        if (finding.id().equals("door-opens")) throw new Killed(way);
                    });
                } catch (Killed | Probe.NotStarted | InterruptedException e) {
                    // As it should be.
                }
            });
            killed.join();
            rds.run(Command.add("/disk", rds.scratchDisk("rdsprobe-dead-9", "rdsprobe-dead-9.img")));
            assertThat(rds.probing().plan())
                    .anyMatch(line -> line.contains("left by an earlier probe: disk item rdsprobe-dead-9"));
            assertThat(rds.probe().verdict()).isEqualTo(Verdict.ALL_WELL);
            assertThat(rds.everything()).isEqualTo(before);
        }
    }

    /** Ends the way in under the probe, as the end of its process does. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed(AutoCloseable way) {
            try {
                way.close();
            } catch (Exception e) {
                addSuppressed(e);
            }
        }
    }

    @Test
    void whatOnlyLooksLikeTheProbesStays() throws Exception {
        try (var rds = probed(config -> config)) {
            // The tag, but a file elsewhere; and a file in the probe's directory, but another's slot.
            rds.run(Command.add("/file", ScratchDisk.properties("type", "directory", "name", rds.directory())));
            rds.run(Command.add("/disk", rds.disk("rdsprobe-mine", rds.base().path() + "/precious.img")));
            rds.run(Command.add("/disk", rds.scratchDisk("somebodys", "theirs.img")));
            var before = rds.everything();
            assertThatThrownBy(rds::probe).isInstanceOf(Probe.NotStarted.class).hasMessageContaining("theirs.img");
            assertThat(rds.everything()).isEqualTo(before);
            rds.run(Command.remove("/disk", Filter.is("slot", "somebodys")));
            assertThat(rds.probe().verdict()).isEqualTo(Verdict.ALL_WELL);
            assertThat(rds.everything()).anyMatch(line -> line.contains("rdsprobe-mine"));
            assertThat(rds.everything()).anyMatch(line -> line.contains("precious.img"));
        }
    }

    @Test
    void withoutADataPathNothingOfItIsShownAndTheVerdictIsNotSafe() throws Exception {
        try (var rds = probed(config -> config)) {
            int nobody;
            try (var taken = new ServerSocket(0)) {
                nobody = taken.getLocalPort();
            }
            var report = rds.probe(new InetSocketAddress(InetAddress.getLoopbackAddress(), nobody));
            assertThat(report.verdict()).isEqualTo(Verdict.NOT_SAFE);
            assertThat(report.missing())
                    .extracting(Finding::id)
                    .contains("door-opens", "door-shut", "stranger-refused", "cut-felt", "cut-stays", "old-name-gone");
            assertThat(report.missing()).allMatch(finding -> finding.answer() instanceof Answer.CouldNotAsk);
        }
    }

    @Test
    void anOldRouterOsIsNotSafe() throws Exception {
        try (var rds = probed(config -> config.withVersion("7.20.4 (stable)"))) {
            var report = rds.probe();
            assertThat(report.verdict()).isEqualTo(Verdict.NOT_SAFE);
            assertThat(rds.answer(report, "version")).isEqualTo(new Answer.Refuted("RouterOS 7.20.4 (stable)"));
        }
    }

    @Test
    void aReportIsTheSameAfterItWasStoredAndReadWithItsPageNamingEveryQuestion() throws Exception {
        try (var rds = probed(config -> config)) {
            var report = rds.probe();
            var file = Files.writeString(directory.resolve("report.json"), ReportJson.write(report));
            assertThat(ReportJson.read(file)).isEqualTo(report);
            var page = Page.of(report);
            assertThat(Questions.all())
                    .allSatisfy(question -> assertThat(page).contains(question.id(), question.belief()));
            assertThat(page).endsWith("Verdict: ALL WELL");
        }
    }

    @Test
    void questionsHaveIdsOfTheirOwn() {
        assertThat(Questions.all())
                .extracting(Question::id)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(40);
    }

    private ProbedRds probed(UnaryOperator<SimulatorConfig> how) throws Exception {
        return ProbedRds.start(directory, how);
    }

    /** The lines that changed something, or tried to. */
    private static List<String> changesOf(ProbedRds rds) {
        return rds.commands().stream()
                .map(Exec::text)
                .filter(CHANGING.asPredicate())
                .toList();
    }
}
