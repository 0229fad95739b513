package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Namespace;
import io.srvlab.rdscsi.nvme.host.Refusal;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.SessionEnded;
import io.srvlab.rdscsi.nvme.host.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said over SSH is what a host finds on the data path. */
@Timeout(120)
class DataPathTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Host HOST = host();
    private static final Host OTHER = host();
    private static final String FIRST = "nqn.2000-02.com.mikrotik:v1.1-aa";
    private static final String SECOND = "nqn.2000-02.com.mikrotik:v1.2-bb";

    @TempDir
    Path state;

    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        shop = open(state, 0);
    }

    @AfterEach
    void stop() throws IOException {
        shop.close();
    }

    private static Shop open(Path state, int port) throws IOException {
        return new Shop(
                SimulatorConfig.in(state).withNvme(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private static Host host() {
        var id = UUID.randomUUID();
        return new Host("nqn.2014-08.org.nvmexpress:uuid:" + id, id);
    }

    private InetSocketAddress at() {
        return shop.simulator.nvmeAddress().orElseThrow();
    }

    private void export(String nqn, Host... hosts) throws IOException {
        var list = String.join(",", Arrays.stream(hosts).map(Host::nqn).toList());
        set("nvme-tcp-server-nqn=\"%s\" nvme-tcp-server-allow-host-name=\"%s\"".formatted(nqn, list));
        set("nvme-tcp-export=yes");
    }

    private void set(String settings) throws IOException {
        assertThat(shop.ask("/disk/set [find where slot=\"v1\"] " + settings)).isEmpty();
    }

    private Knock knock(String nqn, Host host) {
        return Knock.at(at(), nqn, host, LONG);
    }

    private Session connect(String nqn, Host host) {
        var connection = Connection.to(at(), nqn, host, Settings.DEFAULT, LONG);
        assertThat(connection).isInstanceOf(Connection.Open.class);
        return ((Connection.Open) connection).session();
    }

    private String traffic(String counter) throws IOException {
        return shop.run("/disk monitor-traffic v1 once")
                .out()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(counter + ":"))
                .map(line -> line.substring(counter.length() + 1).replace(" ", ""))
                .findFirst()
                .orElseThrow();
    }

    private static void refused(Knock knock, Refusal.Meaning meaning) {
        assertThat(knock).isInstanceOfSatisfying(Knock.Refused.class, refused -> {
            assertThat(refused.refusal().meaning()).isEqualTo(meaning);
            assertThat(refused.doNotRetry()).isTrue();
        });
    }

    private static ByteBuffer noise(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void aDiskIsThereOnlyWhileItIsExportedAndOnlyForItsHosts() throws Exception {
        shop.add("v1");
        refused(knock(FIRST, HOST), Refusal.Meaning.NO_SUCH_SUBSYSTEM);
        export(FIRST, HOST);
        refused(knock(FIRST, OTHER), Refusal.Meaning.HOST_NOT_ALLOWED);
        try (var session = connect(FIRST, HOST)) {
            var disk = session.namespace(1, LONG);
            assertThat(disk.bytes()).isEqualTo(1 << 20);
            session.write(disk, 8192, noise(16_384), LONG);
            session.flush(disk, LONG);
            assertThat(session.read(disk, 8192, 16_384, LONG)).isEqualTo(noise(16_384));
            assertThat(traffic("write-ops")).isEqualTo("1");
            assertThat(traffic("write-bytes")).isEqualTo("16384");
            assertThat(traffic("read-ops")).isEqualTo("1");
            assertThat(traffic("flush-ops")).isEqualTo("1");
            assertThat(traffic("in-flight-ops")).isEqualTo("0");
        }
    }

    @Test
    void exportOffEndsTheSessionAndTheOldNameIsOfNoUseAnyMore() throws Exception {
        shop.add("v1");
        export(FIRST, HOST);
        try (var session = connect(FIRST, HOST)) {
            var disk = session.namespace(1, LONG);
            session.write(disk, 0, noise(4096), LONG);
            set("nvme-tcp-export=no");
            assertThat(session.awaitEnd(LONG)).isNotNull();
            assertThatThrownBy(() -> session.write(disk, 0, noise(4096), LONG)).isInstanceOf(SessionEnded.class);
            export(SECOND, OTHER);
            refused(knock(FIRST, HOST), Refusal.Meaning.NO_SUCH_SUBSYSTEM);
            refused(knock(SECOND, HOST), Refusal.Meaning.HOST_NOT_ALLOWED);
            try (var next = connect(SECOND, OTHER)) {
                assertThat(next.namespace(1, LONG))
                        .as("the same disk, id and all")
                        .isEqualTo(disk);
                assertThat(next.read(disk, 0, 4096, LONG)).isEqualTo(noise(4096));
            }
        }
    }

    @Test
    void aListThatChangesMeanwhileIsForWhoComesNext() throws Exception {
        shop.add("v1");
        export(FIRST, HOST);
        try (var session = connect(FIRST, HOST)) {
            set("nvme-tcp-server-allow-host-name=\"" + OTHER.nqn() + "\"");
            assertThat(session.namespace(1, LONG).id()).isOne();
            refused(knock(FIRST, HOST), Refusal.Meaning.HOST_NOT_ALLOWED);
            assertThat(knock(FIRST, OTHER)).isEqualTo(new Knock.Admitted(false));
        }
    }

    /** What the driver's drain looks at. */
    @Test
    void aWriteThatHadBegunIsInFlightAfterTheCutUntilItLands() throws Exception {
        shop.add("v1");
        export(FIRST, HOST, OTHER);
        var hold = shop.simulator.holdWrites("v1");
        try (var session = connect(FIRST, HOST)) {
            var disk = session.namespace(1, LONG);
            var write = CompletableFuture.runAsync(() -> write(session, disk, noise(8192)));
            hold.awaitWrite();
            assertThat(traffic("in-flight-ops")).isEqualTo("1");
            set("nvme-tcp-export=no");
            assertThatThrownBy(write::join).hasRootCauseInstanceOf(IOException.class);
            assertThat(traffic("in-flight-ops")).isEqualTo("1");
            hold.close();
            while (!traffic("in-flight-ops").equals("0")) Thread.onSpinWait(); // bounded by the test's own timeout
        }
        export(SECOND, HOST);
        try (var next = connect(SECOND, HOST)) {
            var disk = next.namespace(1, LONG);
            assertThat(next.read(disk, 0, 8192, LONG)).as("it landed").isEqualTo(noise(8192));
        }
    }

    private static void write(Session session, Namespace disk, ByteBuffer bytes) {
        try {
            session.write(disk, 0, bytes, LONG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDiskThatGrowsIsSeenToHaveGrown() throws Exception {
        shop.add("v1");
        export(FIRST, HOST);
        try (var session = connect(FIRST, HOST)) {
            set("file-size=2097152");
            assertThat(session.namespace(1, LONG).bytes()).isEqualTo(2 << 20);
        }
    }

    @Test
    void anItemThatIsRemovedIsOffTheNetwork() throws Exception {
        shop.add("v1");
        export(FIRST, HOST);
        try (var session = connect(FIRST, HOST)) {
            shop.ask("/disk/remove [find where slot=\"v1\"]");
            assertThat(session.awaitEnd(LONG)).isNotNull();
        }
        refused(knock(FIRST, HOST), Refusal.Meaning.NO_SUCH_SUBSYSTEM);
    }

    /** A host that reconnects while the appliance starts must not be told that its disk does not exist. */
    @Test
    void afterARestartTheDoorsAreAsTheyWere() throws Exception {
        shop.add("v1");
        export(FIRST, HOST);
        UUID before;
        try (var session = connect(FIRST, HOST)) {
            before = session.namespace(1, LONG).uuid();
        }
        int port = at().getPort();
        shop.close();
        assertThat(Knock.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), FIRST, HOST, LONG))
                .isInstanceOf(Knock.CouldNotKnock.class);
        shop = open(state, port);
        try (var session = connect(FIRST, HOST)) {
            assertThat(session.namespace(1, LONG).uuid()).isEqualTo(before);
        }
        refused(knock(FIRST, OTHER), Refusal.Meaning.HOST_NOT_ALLOWED);
    }

    @Test
    void theReadyLineSaysWhere() {
        assertThat(shop.simulator.readyLine()).contains(" nvme=%s:%d ".formatted(at().getHostString(), at().getPort()));
    }
}
