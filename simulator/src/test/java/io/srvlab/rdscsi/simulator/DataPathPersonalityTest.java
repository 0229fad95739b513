package io.srvlab.rdscsi.simulator;

import static io.srvlab.rdscsi.simulator.Storage.HOST;
import static io.srvlab.rdscsi.simulator.Storage.LONG;
import static io.srvlab.rdscsi.simulator.Storage.NQN;
import static io.srvlab.rdscsi.simulator.Storage.OTHER;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Refusal;
import io.srvlab.rdscsi.nvme.host.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways of an appliance that a host feels on the data path. */
@Timeout(120)
class DataPathPersonalityTest {
    @TempDir
    Path state;

    private Storage storage;

    @BeforeEach
    void start() throws IOException {
        storage = new Storage(state);
    }

    @AfterEach
    void stop() throws IOException {
        storage.close();
    }

    @Test
    void aListThatIsIgnoredLetsAnybodyIn() throws Exception {
        storage.become("list-ignored");
        storage.export(NQN, HOST);
        assertThat(storage.knock(NQN, OTHER)).isInstanceOf(Knock.Admitted.class);
        assertThat(storage.get("nvme-tcp-server-allow-host-name")).isEqualTo(HOST.nqn());
        storage.shop.simulator.forgetPersonalities();
        assertThat(storage.knock(NQN, OTHER)).isInstanceOf(Knock.Refused.class);
    }

    @Test
    void aRuleForOneItemHoldsForNoOther() throws Exception {
        storage.become("list-ignored item=v2");
        storage.export(NQN, HOST);
        assertThat(storage.knock(NQN, OTHER)).isInstanceOf(Knock.Refused.class);
        assertThat(storage.knock(NQN, HOST)).isInstanceOf(Knock.Admitted.class);
    }

    @Test
    void aListOfOneNameTakesTwoForOneThatNobodyHas() throws Exception {
        storage.become("one-name-only");
        storage.export(NQN, HOST);
        assertThat(storage.knock(NQN, HOST)).isInstanceOf(Knock.Admitted.class);
        assertThat(storage.knock(NQN, OTHER)).isInstanceOf(Knock.Refused.class);
        storage.set("nvme-tcp-export=no");
        storage.export(NQN, HOST, OTHER);
        assertThat(storage.knock(NQN, HOST)).isInstanceOf(Knock.Refused.class);
        assertThat(storage.knock(NQN, OTHER)).isInstanceOf(Knock.Refused.class);
    }

    @Test
    void whereExportOffDoesNotCutTheSessionGoesOnWritingAndNobodyElseComes() throws Exception {
        storage.become("export-off-keeps-sessions");
        storage.export(NQN, HOST);
        try (var session = storage.connect(NQN, HOST)) {
            var disk = session.namespace(1, LONG);
            storage.set("nvme-tcp-export=no");
            session.write(disk, 0, ByteBuffer.allocate(4096).put(0, (byte) 7), LONG);
            assertThat(session.read(disk, 0, 4096, LONG).get(0)).isEqualTo((byte) 7);
            assertThat(storage.knock(NQN, HOST)).isInstanceOf(Knock.Refused.class);
        }
    }

    @Test
    void theSecondExportOffMayBeTheOneThatDoesNotCut() throws Exception {
        storage.become("export-off-keeps-sessions from=2 times=1");
        for (boolean cut : new boolean[] {true, false, true}) {
            storage.export(NQN, HOST);
            try (var session = storage.connect(NQN, HOST)) {
                storage.set("nvme-tcp-export=no");
                if (cut) assertThat(session.awaitEnd(LONG)).isNotNull();
                else assertThat(session.namespace(1, LONG).id()).isOne();
            }
        }
    }

    @Test
    void aNamespaceMayHaveAnotherUuidAfterOffAndOn() throws Exception {
        storage.export(NQN, HOST);
        UUID first = uuid();
        storage.set("nvme-tcp-export=no");
        storage.set("nvme-tcp-export=yes");
        assertThat(uuid()).isEqualTo(first);
        storage.become("new-namespace-id");
        storage.set("nvme-tcp-export=no");
        storage.set("nvme-tcp-export=yes");
        assertThat(uuid()).isNotEqualTo(first);
    }

    private UUID uuid() throws IOException {
        try (var session = storage.connect(NQN, HOST)) {
            return Objects.requireNonNull(session.namespace(1, LONG).uuid());
        }
    }

    @Test
    void aResizeMayBeSeenByWhoAsksAndToldToNobody() throws Exception {
        storage.become("resize-not-announced times=1");
        storage.export(NQN, HOST);
        try (var session = storage.connect(NQN, HOST)) {
            var event = CompletableFuture.supplyAsync(() -> nextEvent(session));
            session.keepAlive(LONG); // behind the request for the event
            storage.set("file-size=2097152");
            assertThat(session.namespace(1, LONG).bytes()).isEqualTo(2 << 20);
            // An event would have come before the first of these answers; who waits for it has time to wake up.
            for (int i = 0; i < 100; i++) session.keepAlive(LONG);
            assertThat(event).isNotDone();
            storage.set("file-size=3145728");
            assertThat(event.get(20, TimeUnit.SECONDS)).isEqualTo(0x00040002);
        }
    }

    private static long nextEvent(Session session) {
        try {
            return session.nextEvent(LONG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void atBootThePortMayListenBeforeTheSubsystemsAreBack() throws Exception {
        storage.export(NQN, HOST);
        storage.become("listens-early 1s");
        storage.shop.simulator.reboot();
        assertThat(storage.knock(NQN, HOST)).isInstanceOfSatisfying(Knock.Refused.class, refused -> {
            assertThat(refused.refusal().meaning()).isEqualTo(Refusal.Meaning.NO_SUCH_SUBSYSTEM);
            assertThat(refused.doNotRetry()).isTrue();
        });
        while (!(storage.knock(NQN, HOST) instanceof Knock.Admitted)) Thread.onSpinWait(); // bounded by the test's own
    }

    @Test
    void withoutInFlightCountersTheRowIsMissing() throws Exception {
        assertThat(storage.shop.ask("/disk monitor-traffic v1 once")).contains("in-flight-ops:");
        storage.become("in-flight-missing");
        assertThat(storage.shop.ask("/disk monitor-traffic v1 once"))
                .contains("write-ops:")
                .doesNotContain("in-flight-ops");
    }

    @Test
    void stuckCountersStayAtZeroThoughAWriteIsHeldBack() throws Exception {
        storage.become("counters-stuck");
        storage.export(NQN, HOST);
        try (var session = storage.connect(NQN, HOST)) {
            session.write(session.namespace(1, LONG), 0, ByteBuffer.allocate(4096), LONG);
        }
        assertThat(storage.shop.ask("/disk monitor-traffic v1 once")).containsPattern("write-ops: +0\r\n");
        storage.shop.simulator.forgetPersonalities();
        assertThat(storage.shop.ask("/disk monitor-traffic v1 once")).containsPattern("write-ops: +1\r\n");
    }
}
