package io.srvlab.rdscsi.nvme.subsystem;

import static io.srvlab.rdscsi.nvme.subsystem.Stage.BYTES;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.DISK;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.HOST;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.LONG;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.SHORT;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.CommandRefused;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Namespace;
import io.srvlab.rdscsi.nvme.host.Refusal;
import io.srvlab.rdscsi.nvme.host.SessionEnded;
import io.srvlab.rdscsi.nvme.host.Settings;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import io.srvlab.rdscsi.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host of this module against its target, over the loopback. */
@Timeout(60)
class HostAndTargetTest {
    private static final Host OTHER = Stage.host();

    private Stage stage;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        stage = new Stage(directory);
    }

    @AfterEach
    void close() throws IOException {
        stage.close();
    }

    @Test
    void aHostSeesWhatItConnectedTo() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        try (var session = stage.connect(DISK, HOST)) {
            assertThat(session.controller().subsystem()).isEqualTo(DISK);
            assertThat(session.controller().writeCache()).isTrue();
            assertThat(session.namespaces(LONG)).containsExactly(1);
            var disk = session.namespace(1, LONG);
            assertThat(disk.bytes()).isEqualTo(BYTES);
            assertThat(disk.blockBytes()).isEqualTo(4096);
            assertThat(disk.uuid()).isNotNull().isEqualTo(disk.nguid());
            session.keepAlive(LONG);
            assertThat(stage.target.sessions(DISK)).isOne();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void whatIsWrittenIsReadBackAndIsInTheFile(boolean header, boolean data) throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        var settings = new Settings(128, new Digests(header, data), Duration.ofSeconds(5));
        try (var session = stage.connect(DISK, HOST, settings)) {
            var disk = session.namespace(1, LONG);
            // In the capsule; asked for; more than one command.
            for (int length : new int[] {4096, 8192, 12_288, 128 << 10, 1 << 20}) {
                var bytes = noise(length, length);
                session.write(disk, 3 * 4096L, bytes, LONG);
                session.flush(disk, LONG);
                assertThat(session.read(disk, 3 * 4096L, length, LONG)).isEqualTo(bytes);
                try (var file = Files.newByteChannel(stage.file(BYTES))) {
                    var inFile = ByteBuffer.allocate(length);
                    while (inFile.hasRemaining())
                        file.position(3 * 4096L + inFile.position()).read(inFile);
                    assertThat(inFile.flip()).isEqualTo(bytes);
                }
            }
            assertThat(session.read(disk, 0, 3 * 4096, LONG))
                    .as("nothing before")
                    .isEqualTo(ByteBuffer.allocate(3 * 4096));
            assertThat(stage.traffic.writtenBytes()).isEqualTo(4096 + 8192 + 12_288 + (128 << 10) + (1 << 20));
            assertThat(stage.traffic.flushes()).isEqualTo(5);
            assertThat(stage.traffic.inFlight()).isZero();
        }
    }

    @Test
    void manyCommandsAtATimeKeepTheirDataApart() throws Exception {
        stage.export(DISK, Set.of(HOST.nqn()));
        // Fewer entries than there are callers: some wait for room.
        try (var session = stage.connect(DISK, HOST, new Settings(8, Digests.NONE, Duration.ZERO));
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var disk = session.namespace(1, LONG);
            int length = 16 << 10;
            var work = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 64; i++) {
                int part = i;
                work.add(() -> {
                    for (int round = 0; round < 5; round++) {
                        var bytes = noise(part * 100L + round, length);
                        session.write(disk, (long) part * length, bytes, LONG);
                        assertThat(session.read(disk, (long) part * length, length, LONG))
                                .isEqualTo(bytes);
                    }
                    return true;
                });
            }
            for (var done : callers.invokeAll(work)) done.get();
        }
    }

    @Test
    void zeroesAreWrittenWhereTheyWereAskedFor() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        try (var session = stage.connect(DISK, HOST)) {
            var disk = session.namespace(1, LONG);
            var bytes = noise(1, 1 << 20);
            session.write(disk, 0, bytes, LONG);
            session.writeZeroes(disk, 4096, (1 << 20) - 8192, LONG);
            var read = session.read(disk, 0, 1 << 20, LONG);
            assertThat(read.slice(0, 4096)).isEqualTo(bytes.slice(0, 4096));
            assertThat(read.slice(4096, (1 << 20) - 8192)).isEqualTo(ByteBuffer.allocate((1 << 20) - 8192));
            assertThat(read.slice((1 << 20) - 4096, 4096)).isEqualTo(bytes.slice((1 << 20) - 4096, 4096));
        }
    }

    @Test
    void aHostThatIsNotOnTheListIsRefusedForGood() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        assertThat(stage.knock(DISK, HOST)).isEqualTo(new Knock.Admitted(false));
        assertThat(stage.knock(DISK, OTHER))
                .isEqualTo(
                        new Knock.Refused(new Refusal(Refusal.Meaning.HOST_NOT_ALLOWED, Status.CONNECT_INVALID_HOST)));
        assertThat(stage.knock("nqn.other", HOST))
                .isEqualTo(new Knock.Refused(
                        new Refusal(Refusal.Meaning.NO_SUCH_SUBSYSTEM, Status.CONNECT_INVALID_PARAMETERS)));
        assertThat(Connection.to(stage.target.address(), DISK, OTHER, Settings.DEFAULT, LONG))
                .isInstanceOf(Connection.Refused.class);
    }

    @Test
    void anEmptyListLetsAnybodyIn() throws IOException {
        stage.export(DISK, Set.of());
        assertThat(stage.knock(DISK, OTHER)).isEqualTo(new Knock.Admitted(false));
    }

    @Test
    void aKnockLeavesNoSession() throws Exception {
        stage.export(DISK, Set.of(HOST.nqn()));
        assertThat(stage.knock(DISK, HOST)).isInstanceOf(Knock.Admitted.class);
        until(() -> stage.target.sessions(DISK) == 0);
    }

    @Test
    void anOrderlyEndLeavesNoSession() throws Exception {
        stage.export(DISK, Set.of(HOST.nqn()));
        stage.connect(DISK, HOST).close();
        until(() -> stage.target.sessions(DISK) == 0);
    }

    @Test
    void aChangeOfTheListCutsNobody() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        try (var session = stage.connect(DISK, HOST)) {
            stage.target.allow(DISK, Set.of(OTHER.nqn()));
            var disk = session.namespace(1, LONG);
            session.write(disk, 0, noise(1, 4096), LONG);
            assertThat(stage.knock(DISK, HOST)).isInstanceOf(Knock.Refused.class);
            assertThat(stage.knock(DISK, OTHER)).isInstanceOf(Knock.Admitted.class);
        }
    }

    @Test
    void takingItAwayEndsEverySessionAtOnceAndForThatNameForEver() throws Exception {
        stage.export(DISK, Set.of());
        try (var one = stage.connect(DISK, HOST);
                var two = stage.connect(DISK, OTHER)) {
            var disk = one.namespace(1, LONG);
            stage.target.unexport(DISK);
            assertThat(one.awaitEnd(LONG)).isNotNull();
            assertThat(two.awaitEnd(LONG)).isNotNull();
            assertThatThrownBy(() -> one.read(disk, 0, 4096, LONG)).isInstanceOf(SessionEnded.class);
            stage.export("nqn.new", Set.of(HOST.nqn()));
            assertThat(stage.knock(DISK, HOST)).isInstanceOfSatisfying(Knock.Refused.class, refused -> {
                assertThat(refused.refusal().meaning()).isEqualTo(Refusal.Meaning.NO_SUCH_SUBSYSTEM);
                assertThat(refused.doNotRetry()).isTrue();
            });
            assertThat(stage.knock("nqn.new", HOST)).isInstanceOf(Knock.Admitted.class);
        }
    }

    /** What a drain is for: the cut is over, and a write that had begun still lands. */
    @Test
    void aCutDoesNotWaitForAWriteThatHasBegun() throws Exception {
        var gate = new Gate(new FileBacking(stage.file(BYTES)));
        stage.export(DISK, Set.of(HOST.nqn()), gate);
        try (var session = stage.connect(DISK, HOST);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var disk = session.namespace(1, LONG);
            var bytes = noise(1, 64 << 10);
            var write = callers.submit(() -> {
                session.write(disk, 0, bytes, LONG);
                return true;
            });
            gate.awaitWrite();
            stage.target.unexport(DISK);
            assertThat(failure(write)).isInstanceOf(SessionEnded.class);
            assertThat(stage.traffic.inFlight()).isOne();
            assertThat(gate.isClosed()).isFalse();
            gate.open();
            gate.awaitClose();
            assertThat(stage.traffic.inFlight()).isZero();
            assertThat(stage.traffic.writes()).isOne();
            assertThat(ByteBuffer.wrap(Files.readAllBytes(stage.file(BYTES)), 0, bytes.limit()))
                    .isEqualTo(bytes);
        }
    }

    private static Throwable failure(Future<?> done) throws InterruptedException {
        try {
            done.get();
            throw new AssertionError("it succeeded");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }

    @Test
    void aCommandThatIsNotAnsweredInTimeEndsTheSession() throws Exception {
        var gate = new Gate(new FileBacking(stage.file(BYTES)));
        stage.export(DISK, Set.of(HOST.nqn()), gate);
        try (var session = stage.connect(DISK, HOST)) {
            var disk = session.namespace(1, LONG);
            assertThatThrownBy(() -> session.write(disk, 0, noise(1, 4096), SHORT))
                    .isInstanceOf(SessionEnded.class)
                    .hasMessageContaining("Write");
            assertThat(session.isOpen()).isFalse();
            assertThat(session.awaitEnd(LONG)).contains("Write");
            long before = System.nanoTime();
            for (int i = 0; i < 200; i++) { // more than there is room for
                assertThatThrownBy(() -> session.flush(disk, LONG)).isInstanceOf(SessionEnded.class);
            }
            assertThat(System.nanoTime() - before)
                    .as("nobody waits for what is over")
                    .isLessThan(LONG.toNanos());
        } finally {
            gate.open();
        }
    }

    @Test
    void twoHostsShareADiskAndOneMayLeave() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn(), OTHER.nqn()));
        try (var two = stage.connect(DISK, OTHER)) {
            var disk = two.namespace(1, LONG);
            try (var one = stage.connect(DISK, HOST)) {
                assertThat(one.namespace(1, LONG)).isEqualTo(disk);
                assertThat(one.controller().controllerId())
                        .isNotEqualTo(two.controller().controllerId());
                one.write(disk, 4096, noise(1, 4096), LONG);
            }
            assertThat(two.read(disk, 4096, 4096, LONG)).isEqualTo(noise(1, 4096));
        }
    }

    @Test
    void aHostFindsWhatItMayUseAndNothingElse() throws IOException {
        stage.export("nqn.b", Set.of(HOST.nqn()));
        stage.export("nqn.c", Set.of(OTHER.nqn()));
        stage.export("nqn.a", Set.of());
        try (var session = stage.connect(DiscoveryLog.SUBSYSTEM, HOST)) {
            var port = Integer.toString(stage.target.address().getPort());
            assertThat(session.discover(LONG).entries())
                    .extracting(DiscoveryLog.Entry::subsystem)
                    .containsExactly("nqn.a", "nqn.b");
            assertThat(session.discover(LONG).entries())
                    .extracting(DiscoveryLog.Entry::port)
                    .containsOnly(port);
        }
    }

    @Test
    void aNewSizeIsSeenByWhoLooksAgain() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        try (var session = stage.connect(DISK, HOST)) {
            assertThat(session.namespace(1, LONG).bytes()).isEqualTo(BYTES);
            stage.file(2 * BYTES);
            var grown = session.namespace(1, LONG);
            assertThat(grown.bytes()).isEqualTo(2 * BYTES);
            session.write(grown, 2 * BYTES - 4096, noise(1, 4096), LONG);
        }
    }

    @Test
    void whatIsBeyondTheEndIsRefusedAndTheSessionGoesOn() throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        try (var session = stage.connect(DISK, HOST)) {
            var real = session.namespace(1, LONG);
            var larger = new Namespace(1, Long.MAX_VALUE / 4096, 4096, null, null);
            for (long offset : new long[] {BYTES, BYTES - 4096, Long.MAX_VALUE - 4095 - 8192}) {
                assertThatThrownBy(() -> session.write(larger, offset, noise(1, 8192), LONG))
                        .isInstanceOfSatisfying(
                                CommandRefused.class,
                                refused -> assertThat(refused.status()).isEqualTo(Status.LBA_OUT_OF_RANGE));
                assertThatThrownBy(() -> session.read(larger, offset, 8192, LONG))
                        .isInstanceOf(CommandRefused.class);
            }
            assertThatThrownBy(() -> session.namespace(2, LONG))
                    .isInstanceOfSatisfying(
                            CommandRefused.class,
                            refused -> assertThat(refused.status()).isEqualTo(Status.INVALID_NAMESPACE));
            assertThat(session.read(real, 0, 4096, LONG)).isEqualTo(ByteBuffer.allocate(4096));
        }
    }

    @Test
    void aSilentHostIsGivenUp() throws Exception {
        stage.export(DISK, Set.of(HOST.nqn()));
        var silent = new Settings(8, Digests.NONE, Duration.ZERO);
        try (var session = stage.connect(DISK, HOST, silent)) {
            // The setting above means "never"; what the target does with a host that promised more is asked directly.
            Objects.requireNonNull(stage.target.subsystem(DISK))
                    .controllers()
                    .getFirst()
                    .expireAfter(Duration.ofMillis(100));
            assertThat(session.awaitEnd(LONG)).isNotNull();
        }
    }

    @Test
    void anIdleHostIsKept() throws Exception {
        stage.export(DISK, Set.of(HOST.nqn()));
        var often = new Settings(8, Digests.NONE, Duration.ofMillis(500));
        try (var session = stage.connect(DISK, HOST, often)) {
            // Longer than the target waits for a silent one.
            assertThat(session.awaitEnd(Duration.ofSeconds(2))).isNull();
            session.keepAlive(LONG);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 128, 65_536})
    void aQueueIsAsDeepAsBothSidesWant(int depth) throws IOException {
        stage.export(DISK, Set.of(HOST.nqn()));
        try (var session = stage.connect(DISK, HOST, new Settings(depth, Digests.NONE, Duration.ZERO))) {
            assertThat(session.read(session.namespace(1, LONG), 0, 4096, LONG).remaining())
                    .isEqualTo(4096);
        }
    }

    @Test
    void nothingGoesOnAfterTheTargetIsClosed() throws Exception {
        stage.export(DISK, Set.of());
        try (var session = stage.connect(DISK, HOST)) {
            stage.target.close();
            assertThat(session.awaitEnd(LONG)).isNotNull();
            assertThat(stage.knock(DISK, HOST)).isInstanceOf(Knock.CouldNotKnock.class);
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(Condition condition) throws InterruptedException {
        while (!condition.holds()) Thread.sleep(5); // bounded by the test's own timeout
    }
}
