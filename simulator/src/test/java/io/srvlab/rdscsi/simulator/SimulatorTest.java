package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.srvlab.rdscsi.simulator.device.PoolFilesystem;
import io.srvlab.rdscsi.simulator.ssh.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatorTest {
    @TempDir
    Path state;

    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        shop = new Shop(state);
    }

    @AfterEach
    void stop() throws IOException {
        shop.close();
    }

    @Test
    void aVolumesWholeLife() throws Exception {
        shop.add("v1");
        assertThat(shop.ask("/disk/set [find where slot=\"v1\"] file-size=2097152"))
                .isEmpty();
        assertThat(
                        shop.ask(
                                "/disk/set [find where slot=\"v1\"] comment=\"rc1:x\" nvme-tcp-server-nqn=\"nqn.x:v1.1-aa\" "
                                        + "nvme-tcp-server-allow-host-name=\"nqn.h:1\"; /disk/set [find where slot=\"v1\"] nvme-tcp-export=yes"))
                .isEmpty();
        assertThat(shop.doors()).containsExactly("nqn.x:v1.1-aa");
        assertThat(shop.ask(":put [:serialize to=json options=json.no-string-conversion "
                        + "value=[/disk/print detail as-value where slot=\"v1\"]]"))
                .contains(
                        "\"comment\":\"rc1:x\"",
                        "\"nvme-tcp-export\":true",
                        "\"size\":2097152",
                        "\"nvme-tcp-server-allow-host-name\":\"nqn.h:1\"");
        shop.ask("/disk/remove [find where slot=\"v1\"]");
        assertThat(shop.doors()).isEmpty();
        assertThat(shop.ask("/disk/print count-only where slot=\"v1\"")).isEqualTo("0");
        assertThat(shop.ask("/file/print count-only where name=\"storage-pool/rds-csi/v1.img\""))
                .isEqualTo("1");
        shop.ask("/file/remove [find where name=\"storage-pool/rds-csi/v1.img\"]");
        assertThat(shop.ask("/file/print count-only where name=\"storage-pool/rds-csi/v1.img\""))
                .isEqualTo("0");
    }

    @Test
    void aRefusalIsAnErrorWithItsPlaceAndStatusOne() throws Exception {
        shop.add("v1");
        var again = shop.run("/disk/add type=file slot=v1 file-path=\"/storage-pool/rds-csi/v1.img\"");
        assertThat(again.out()).startsWith("failure: already have such entry").endsWith("\n");
        assertThat(again.status()).isEqualTo(1);
        assertThat(shop.run("/disk/add slot=v2").out()).contains("missing value(s) of argument(s)");
        assertThat(shop.run("/disk/add type=file slot=v2 size=5").out()).startsWith("expected end of command");
    }

    @Test
    void whatTheClientIsToldIsWhatItNeeds() throws Exception {
        assertThat(shop.simulator.readyLine())
                .isEqualTo(
                        "READY ssh=127.0.0.1:%d host-key=%s user=%s key=%s base-path=/storage-pool/rds-csi exports=%s"
                                .formatted(
                                        shop.simulator.sshAddress().getPort(),
                                        KeyFiles.fingerprint(KeyFiles.rsa(state.resolve("host_key"))
                                                .getPublic()),
                                        shop.simulator.user(),
                                        state.resolve("client_key"),
                                        state.resolve("exports")));
    }

    @Test
    void aStatePathWithASpaceIsRefused() {
        assertThatThrownBy(() -> SimulatorConfig.in(Path.of("/tmp/a b"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStateDirectoryHasOneSimulator() {
        assertThatThrownBy(() -> Simulator.start(SimulatorConfig.in(state)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another simulator");
    }

    @Test
    void theApplianceSaysWhatItIs() throws Exception {
        assertThat(shop.ask(":put [/system/resource/get version]")).isEqualTo("7.21.2 (stable)");
        assertThat(shop.ask("/system/resource/print"))
                .containsPattern("board-name: RDS2216")
                .contains("uptime");
        assertThat(shop.ask(":put [/disk/btrfs/filesystem/print count-only]")).contains("1");
        assertThat(shop.ask(":put [:len [/system/package/find where name=\"rose-storage\"]]"))
                .isEqualTo("1");
    }

    @Test
    void anXfsPoolHasNoBtrfsMenu(@TempDir Path other) throws Exception {
        try (var xfs = new Shop(SimulatorConfig.in(other).withPool(PoolFilesystem.XFS, 1 << 30))) {
            assertThat(xfs.run("/disk/btrfs/filesystem/print").status()).isEqualTo(1);
            assertThat(xfs.ask(":put [/disk/get [find where mount-point=\"storage-pool\"] fs]"))
                    .isEqualTo("xfs");
        }
    }

    @Test
    void everythingOutlivesARestart() throws Exception {
        shop.add("v1");
        shop.ask("/disk/set [find where slot=\"v1\"] nvme-tcp-export=yes comment=\"c\"");
        var disks = shop.ask(":put [/disk/print detail as-value]");
        var fingerprint = shop.simulator.hostKeyFingerprint();
        stop();
        start();
        assertThat(shop.ask(":put [/disk/print detail as-value]")).isEqualTo(disks);
        assertThat(shop.simulator.hostKeyFingerprint()).isEqualTo(fingerprint);
        assertThat(shop.doors()).containsExactly("nqn.2000-02.com.mikrotik:v1");
    }

    @Test
    void everyLineIsInTheLogHereAndInTheFile() throws Exception {
        shop.run(":put \"a\tb\\\\\"");
        shop.run("/nowhere/print");
        assertThat(shop.simulator.commands())
                .extracting(Exec::text, Exec::failed)
                .containsExactly(
                        tuple(
                                ":put \"a\tb\\\\\"",
                                shop.simulator.commands().getFirst().failed()),
                        tuple("/nowhere/print", true));
        assertThat(Files.readAllLines(state.resolve("commands.log")))
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("\t:put \"a\\tb\\\\\\\\\""),
                        second -> assertThat(second).endsWith("\tfailed\t/nowhere/print"));
    }

    @Test
    void anAnswerTakesTheLatency(@TempDir Path other) throws Exception {
        var latency = Duration.ofMillis(80);
        try (var slow = new Shop(SimulatorConfig.in(other).withLatency(latency))) {
            long start = System.nanoTime();
            slow.ask(":put 1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(latency);
        }
    }

    @Test
    void ofManyCompareAndSetsAtOnceOneWins() throws Exception {
        shop.add("v1");
        int rounds = 10;
        int clients = 6;
        var connections = new ArrayList<Client>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < clients; c++) connections.add(shop.another());
            for (int round = 0; round < rounds; round++) {
                shop.ask("/disk/set [find where slot=\"v1\"] comment=\"a\"");
                Set<String> winners = ConcurrentHashMap.newKeySet();
                var go = new CountDownLatch(1);
                var tries = IntStream.range(0, clients)
                        .<Callable<Void>>mapToObj(c -> () -> {
                            go.await();
                            var out = connections
                                    .get(c)
                                    .run(
                                            "/disk/set [find where slot=\"v1\" comment=\"a\"] comment=\"b%d\"; :put [/disk/get [find where slot=\"v1\"] comment]"
                                                    .formatted(c))
                                    .out();
                            winners.add(out.strip());
                            return null;
                        })
                        .map(threads::submit)
                        .toList();
                go.countDown();
                for (var each : tries) each.get();
                assertThat(winners).hasSize(1).first().asString().matches("b\\d");
            }
        } finally {
            connections.forEach(Client::close);
        }
    }
}
