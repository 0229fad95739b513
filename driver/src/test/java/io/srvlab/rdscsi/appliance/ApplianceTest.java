package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Deadline;
import io.srvlab.rdscsi.SimulatedSsh;
import io.srvlab.rdscsi.appliance.Appliance.GuardedSet;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes first, what is sent late, and which RouterOS is enough: over real SSH, with the appliance's log as the witness. */
@Timeout(60)
class ApplianceTest {
    private static final ClusterId CLUSTER = new ClusterId("test-cluster");
    private static final VolumeId VOLUME = new VolumeId("db-0");

    @TempDir
    static Path kept;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Simulator simulator;
    private RouterOs routerOs;
    private Appliance appliance;

    @BeforeEach
    void start() throws Exception {
        // One host key for all: making one takes longer than most tests.
        var hostKey = kept.resolve("host_key");
        if (Files.exists(hostKey)) Files.copy(hostKey, dir.resolve("host_key"));
        simulator = Simulator.start(SimulatorConfig.in(dir));
        if (Files.notExists(hostKey)) Files.copy(dir.resolve("host_key"), hostKey);
        routerOs = Ssh.open(SimulatedSsh.of(simulator));
        appliance = new Appliance(routerOs);
    }

    @AfterEach
    void stop() throws Exception {
        routerOs.close();
        threads.close();
        simulator.close();
    }

    @Test
    void aCutAndTheReadThatDecidesItGoThroughWhileAllElseHangs() throws Exception {
        var comment = createdAndExported();
        int since = threeReadsHang();
        assertThat(appliance.diskToCut(VOLUME, within(20)).orElseThrow().exported())
                .isTrue();
        assertThat(appliance
                        .cut(VOLUME, exported(comment, "no"), within(20))
                        .orElseThrow()
                        .exported())
                .isFalse();
        assertThat(commandsSince(since)).hasSize(5);
    }

    @Test
    void aChangeThatWaitedTooLongIsNotSentThoughItsDeadlineHasNotPassed() throws Exception {
        var comment = createdAndExported();
        int since = threeReadsHang();
        var deadline = Deadline.after(2_300, MILLISECONDS);
        var failed = problemOf(() -> appliance.change(VOLUME, exported(comment, "no"), deadline));
        assertThat(failed).isInstanceOf(Problem.ApplianceSilent.class);
        assertThat(failed.sentence()).contains("all 3 sessions");
        assertThat(deadline.isExpired()).isFalse();
        assertThat(commandsSince(since)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.21 (stable)", "7.21beta3 (development)", "7.22rc1 (testing)", "8.0", "10.1.2 (stable)"})
    void aLaterRouterOsIsEnough(String version) throws Exception {
        restarted(version);
        appliance.checkRelease(within(20));
        assertThat(create()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.20.8 (long-term)", "7.2 (stable)", "6.49.21 (long-term)"})
    void anOlderOneIsRefusedWithBothVersionsNamedAndNothingIsChanged(String version) throws Exception {
        restarted(version);
        var base = new BasePath(simulator.basePath() + "/below");
        for (var call : List.<Runnable>of(
                () -> appliance.checkRelease(within(20)),
                this::create,
                () -> appliance.makeDirectory(base, within(20)),
                () -> appliance.change(VOLUME, exported("x", "yes"), within(20)),
                () -> appliance.removeFile(simulator.basePath() + "/db-0.img", within(20)))) {
            assertThat(problemOf(call)).isEqualTo(new Problem.OldRouterOs(version, "7.21"));
        }
        assertThat(commandsSince(0)).allMatch(line -> line.contains("/system/resource/get version"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "", "seven"})
    void aVersionThatCannotBeReadRefusesNothing(String version) throws Exception {
        restarted(version);
        appliance.checkRelease(within(20));
        assertThat(create()).isPresent();
    }

    @Test
    void theVersionIsReadOnceForAllAndCostsNoChangeMoreThanThat() throws Exception {
        var comment = createdAndExported();
        for (int i = 0; i < 3; i++) appliance.change(VOLUME, exported(comment, "no"), within(20));
        assertThat(commandsSince(0))
                .filteredOn(line -> line.contains("/system/resource"))
                .hasSize(1);
    }

    @Test
    void whereTheVersionCannotBeAskedNothingIsChanged() throws Exception {
        // A read is asked three times.
        for (int i = 0; i < 3; i++) {
            simulator.onNext(line -> line.contains("/system/resource"), new Fault.DropBeforeApplying());
        }
        assertThat(problemOf(this::create)).isInstanceOf(Problem.ApplianceSilent.class);
        assertThat(commandsSince(0)).noneMatch(line -> line.contains("/disk/add"));
        assertThat(create()).isPresent();
    }

    @Test
    void oneThatWasDowngradedCutsAndGrantsNothingUntilItIsUpgraded() throws Exception {
        var comment = createdAndExported();
        restarted("7.20.8 (long-term)");
        assertThat(problemOf(() -> appliance.checkRelease(within(20)))).isInstanceOf(Problem.OldRouterOs.class);
        assertThat(problemOf(() -> appliance.change(VOLUME, exported(comment, "no"), within(20))))
                .isInstanceOf(Problem.OldRouterOs.class);
        assertThat(appliance
                        .cut(VOLUME, exported(comment, "no"), within(20))
                        .orElseThrow()
                        .exported())
                .isFalse();
        restarted("7.22 (stable)");
        appliance.checkRelease(within(20));
        assertThat(appliance
                        .change(VOLUME, exported(comment, "yes"), within(20))
                        .after()
                        .orElseThrow()
                        .exported())
                .isTrue();
    }

    /** Fills the lanes that are not kept for cuts; the number of commands received before. */
    private int threeReadsHang() {
        int since = simulator.commands().size();
        for (int i = 0; i < 3; i++) {
            simulator.onNext(line -> line.contains("rc1"), new Fault.Stall(false));
            var _ = threads.submit(() -> appliance.recorded(within(30)));
        }
        var deadline = within(20);
        while (simulator.commands().size() < since + 3) {
            if (deadline.isExpired()) throw new AssertionError("not all three were received");
            LockSupport.parkNanos(1_000_000);
        }
        return since;
    }

    /** The same appliance, at the same address, as after an upgrade. */
    private void restarted(String version) throws Exception {
        InetSocketAddress address = simulator.sshAddress();
        simulator.close();
        simulator = Simulator.start(SimulatorConfig.in(dir).withListen(address).withVersion(version));
    }

    private Optional<Disk> create() {
        var ledger = Ledger.created(CLUSTER, "db-0", VOLUME, "aaaaaaaa", Instant.now());
        return appliance.create(VOLUME, new Bytes(1L << 20), simulator.basePath() + "/db-0.img", ledger, within(20));
    }

    private String createdAndExported() {
        var comment = ((Comment.Recorded) create().orElseThrow().comment()).text();
        assertThat(appliance
                        .change(VOLUME, exported(comment, "yes"), within(20))
                        .after()
                        .orElseThrow()
                        .exported())
                .isTrue();
        return comment;
    }

    private static List<GuardedSet> exported(String comment, String yesOrNo) {
        return List.of(new GuardedSet(comment, new LinkedHashMap<>(Map.of("nvme-tcp-export", yesOrNo))));
    }

    private List<String> commandsSince(int since) {
        return simulator.commands().stream().skip(since).map(Exec::text).toList();
    }

    private static Problem problemOf(Runnable call) {
        return catchThrowableOfType(Failed.class, call::run).problem();
    }

    private static Deadline within(int seconds) {
        return Deadline.after(seconds, SECONDS);
    }
}
