package io.srvlab.rdscsi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.probe.Report;
import io.srvlab.rdscsi.probe.ReportJson;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.simulator.personality.Personality;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code rds-csi probe} as an operator meets it, and what a controller says that was given its report. */
class ProbeCommandTest {
    private World world;
    private Path json;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
        json = world.directory().resolve("report.json");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private record Ended(int status, String out, String err) {}

    @Test
    void anApplianceThatBehavesIsExitStatus0AndAControllerWithItsReportClaimsSo() throws Exception {
        var ended = probe("--yes --json " + json);
        assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.out()).contains("This probe will work", "nothing else").endsWith("Verdict: ALL WELL\n");
        var report = ReportJson.read(json);
        assertThat(takeoverMessage(Optional.of(report))).endsWith("can have the volume.");
        var older = new Report(
                report.at(), report.driver(), "7.20 (stable)", report.board(), report.findings(), report.leftBehind());
        assertThat(takeoverMessage(Optional.of(older))).endsWith("is not shown (rds-csi probe).");
        assertThat(takeoverMessage(Optional.empty())).endsWith("is not shown (rds-csi probe).");
    }

    @Test
    void oneThatLetsStrangersInIsExitStatus2AndThePageSaysWhy() {
        world.rds().become(new Personality.ListIgnored());
        var ended = probe("--yes");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).contains("another host was let in", "Verdict: NOT SAFE: stranger-refused");
    }

    @Test
    void oneWithoutCountersIsExitStatus1AndThePageSaysWhatTheDriverDoesThen() {
        world.rds().become(new Personality.InFlightMissing());
        var ended = probe("--yes");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).contains("the whole settle time", "Verdict: WORKS WITH LIMITS: in-flight");
    }

    @Test
    void aDryRunSaysWhatWouldBeDoneAndDoesNothing() {
        var lines = world.commandsDuring(
                () -> assertThat(probe("--dry-run").status()).isZero());
        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains("/add") || line.contains("/set"));
    }

    @Test
    void withoutAnybodyToAgreeNothingIsDone() {
        var lines = world.commandsDuring(() -> {
            var ended = probe("");
            assertThat(ended.status()).isEqualTo(3);
            assertThat(ended.err()).contains("--yes");
        });
        assertThat(lines).noneMatch(line -> line.contains("/add") || line.contains("/set"));
    }

    @Test
    void aReportThatCannotBeWrittenIsSaidBeforeAnythingIsAsked() throws Exception {
        Files.writeString(world.directory().resolve("file"), "");
        var lines = world.commandsDuring(() -> {
            var ended = probe("--yes --json " + world.directory().resolve("file/r.json"));
            assertThat(ended.status()).isEqualTo(3);
            assertThat(ended.err()).contains("file/r.json");
        });
        assertThat(lines).isEmpty();
    }

    @Test
    void aReportThatIsNoneKeepsTheControllerFromStarting() throws Exception {
        Files.writeString(json, "{}");
        var ended = run("controller --endpoint unix://" + world.directory().resolve("s") + way()
                + " --cluster static --nodes a --cluster-id c --probe-report " + json);
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains(json.toString(), "no report of rds-csi probe");
    }

    /** What the users of a volume are told when it is taken from a node that is gone. */
    private String takeoverMessage(Optional<Report> report) throws Exception {
        var cluster = TestCluster.of("a", "b");
        var controller = world.controller(
                Ssh.open(world.ssh()),
                cluster,
                DoorCheck.none(),
                World.fencing(World.CLUSTER, Enforcement.ENFORCED, 64),
                report,
                new Metrics.Controller("test"));
        // Its Probe reads which RouterOS runs.
        assertThat(controller
                        .identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
        var volume = controller.create("db-0");
        controller.publish(volume, "a");
        cluster.gone("a");
        assertThat(World.statusOf(() -> controller.publish(volume, "b"))).isEqualTo(Status.OK);
        controller.unpublish(volume, "b");
        controller.delete(volume);
        return cluster.events().stream()
                .filter(event -> event.reason().text().equals("StaleAttachmentCleared"))
                .map(event -> event.message())
                .findFirst()
                .orElseThrow();
    }

    private Ended probe(String more) {
        return run("probe" + way() + " " + more);
    }

    private String way() {
        var ssh = world.ssh();
        var nvme = world.rds().nvmeAddress().orElseThrow();
        return " --appliance ssh://%s@%s:%d --identity %s --host-key %s --base-path %s --nvme-address %s --nvme-port %d"
                .formatted(
                        ssh.user(),
                        ssh.host(),
                        ssh.port(),
                        ssh.identity(),
                        ssh.hostKey(),
                        world.rds().basePath(),
                        nvme.getHostString(),
                        nvme.getPort());
    }

    private static Ended run(String line) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = RdsCsi.run(line.strip().split(" +", -1), new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ended(status, out.toString(), err.toString());
    }
}
