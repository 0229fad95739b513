package io.srvlab.rdscsi.simulator.device;

import static io.srvlab.rdscsi.simulator.device.Bench.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Value;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskMenuTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path state;

    private Bench bench;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(state);
    }

    @Test
    void aNewDiskHasTheDefaultsOfAnAppliance() throws Exception {
        bench.add("v1");
        assertThat(bench.shown("v1"))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("type", new Value.Text("file")),
                        Map.entry("slot", new Value.Text("v1")),
                        Map.entry("slot-default", new Value.Text("")),
                        Map.entry("parent", new Value.Text("")),
                        Map.entry("fs", new Value.Text("-")),
                        Map.entry("model", new Value.Text("/storage-pool/rds-csi/v1.img")),
                        Map.entry("size", new Value.Num(MIB)),
                        Map.entry("mount-filesystem", new Value.Bool(true)),
                        Map.entry("mount-read-only", new Value.Bool(false)),
                        Map.entry("compress", new Value.Bool(false)),
                        Map.entry("sector-size", new Value.Num(512)),
                        Map.entry("raid-master", new Value.Text("none")),
                        Map.entry("nvme-tcp-export", new Value.Bool(false)),
                        Map.entry("nvme-tcp-server-port", new Value.Num(4420)),
                        Map.entry("nvme-tcp-server-nqn", new Value.Text("nqn.2000-02.com.mikrotik:v1")),
                        Map.entry("nvme-tcp-server-allow-host-name", new Value.Text("")),
                        Map.entry("iscsi-export", new Value.Bool(false)),
                        Map.entry("nfs-sharing", new Value.Bool(false)),
                        Map.entry("smb-sharing", new Value.Bool(false)),
                        Map.entry("media-sharing", new Value.Bool(false)),
                        Map.entry("media-interface", new Value.Text("none")),
                        Map.entry("swap", new Value.Bool(false)),
                        Map.entry("file-path", new Value.Text("/storage-pool/rds-csi/v1.img")),
                        Map.entry("file-size", new Value.Text("1024.0KiB")),
                        Map.entry("file-offset", new Value.Num(0))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "slot", "file-path", "file-size"})
    void whatANewDiskNeedsMustBeGiven(String property) {
        var given = given("type=file", "slot=v1", "file-path=/storage-pool/v1.img", "file-size=1M");
        given.remove(property);
        refused(() -> bench.disk.add(given), "missing value(s) of argument(s) " + property);
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "3K, 3072", "50M, 52428800", "1G, 1073741824"})
    void sizesAreBytesOrBinarySuffixes(String asked, long bytes) throws Exception {
        bench.add("v1", "file-size=" + asked);
        assertThat(bench.shown("v1").get("size")).isEqualTo(new Value.Num(bytes));
        assertThat(bench.backing("v1")).hasSize(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5M", "1GiB", "1m", "9999999999T", "", "M"})
    void otherSizesAreRefused(String asked) {
        refused(() -> bench.add("v1", "file-size=" + asked), "invalid value for argument file-size");
    }

    @Test
    void aBackingFileIsSparse() throws Exception {
        bench.add("v1", "file-size=512M");
        assertThat(bytesOnDisk(bench.backing("v1"))).isLessThan(MIB);
    }

    @Test
    void aSlotNamesOneDisk() throws Exception {
        bench.add("v1");
        bench.add("v2");
        refused(() -> bench.add("v1", "file-path=/storage-pool/other.img"), Refusal.ENTRY_EXISTS);
        refused(() -> bench.add(Device.POOL), Refusal.ENTRY_EXISTS);
        refused(() -> set("v2", "slot=v1"), Refusal.ENTRY_EXISTS);
        assertThat(bench.fileNames()).doesNotContain("storage-pool/other.img");
    }

    @Test
    void aSlotHasAtMost40Characters() throws Exception {
        bench.add("x".repeat(40));
        refused(() -> bench.add("x".repeat(41)), "invalid value for argument slot");
    }

    @ParameterizedTest
    @CsvSource({
        "storage-pool/v1.img, invalid value for argument file-path",
        "/storage-pool/../v1.img, invalid value for argument file-path",
        "/storage-pool//v1.img, invalid value for argument file-path",
        "/storage-pool/none/v1.img, failure: no such directory",
        "/elsewhere/v1.img, failure: no such directory",
        "/v1.img, failure: no such directory",
        "/storage-pool/rds-csi, failure: not a file"
    })
    void aFileLiesInADirectoryOfThePool(String path, String refusal) {
        refused(() -> bench.add("v1", "file-path=" + path), refusal);
    }

    @Test
    void aFileThatIsThereIsTakenOverWithWhatIsInIt() throws Exception {
        var id = bench.add("v1", "file-size=2M");
        Files.writeString(bench.backing("v1"), "data");
        try (var file = new RandomAccessFile(bench.backing("v1").toFile(), "rw")) {
            file.setLength(2 * MIB);
        }
        bench.disk.remove(id);
        bench.add("v1", "file-size=1M");
        assertThat(bench.shown("v1").get("size")).isEqualTo(new Value.Num(2 * MIB));
        assertThat(Files.readAllBytes(bench.backing("v1"))).startsWith("data".getBytes(StandardCharsets.UTF_8));
        assertThat(bench.backing("v1")).hasSize(2 * MIB);
    }

    @Test
    void aFileThatIsThereNeedsNoSizeAndGrowsIfMoreIsAsked() throws Exception {
        bench.disk.remove(bench.add("v1"));
        var given = given("type=file", "slot=v1", "file-path=/storage-pool/rds-csi/v1.img");
        bench.disk.remove(bench.disk.add(given));
        bench.add("v1", "file-size=3M");
        assertThat(bench.shown("v1").get("size")).isEqualTo(new Value.Num(3 * MIB));
    }

    @Test
    void twoDisksMayHaveOneFile() throws Exception {
        bench.add("v1");
        bench.add("v2", "file-path=/storage-pool/rds-csi/v1.img");
        assertThat(bench.shown("v2").get("file-path"))
                .isEqualTo(bench.shown("v1").get("file-path"));
        assertThat(bench.free()).isEqualTo(Bench.POOL_BYTES - MIB);
    }

    @Test
    void aDiskGrowsAndNeverShrinks() throws Exception {
        bench.add("v1");
        set("v1", "file-size=5M");
        assertThat(bench.shown("v1").get("size")).isEqualTo(new Value.Num(5 * MIB));
        assertThat(bench.backing("v1")).hasSize(5 * MIB);
        refused(() -> set("v1", "file-size=4M", "comment=no"), Refusal.SHRINKS);
        assertThat(bench.shown("v1")).doesNotContainKey("comment");
        assertThat(bench.backing("v1")).hasSize(5 * MIB);
    }

    @Test
    void freeIsThePoolWithoutAllFilesEvenThoseOfRemovedDisks() throws Exception {
        var id = bench.add("v1", "file-size=100M");
        bench.add("v2", "file-size=10M");
        set("v2", "file-size=20M");
        assertThat(bench.free()).isEqualTo(Bench.POOL_BYTES - 120 * MIB);
        bench.disk.remove(id);
        assertThat(bench.free()).isEqualTo(Bench.POOL_BYTES - 120 * MIB);
        bench.file.remove(bench.fileId("storage-pool/rds-csi/v1.img"));
        assertThat(bench.free()).isEqualTo(Bench.POOL_BYTES - 20 * MIB);
        assertThat(bench.shown(Device.POOL).get("size")).isEqualTo(new Value.Num(Bench.POOL_BYTES));
    }

    @Test
    void whatDoesNotFitIsRefusedAndLeavesNothing() throws Exception {
        bench.add("v1", "file-size=1023M");
        refused(() -> bench.add("v2", "file-size=2M"), Refusal.NO_SPACE);
        refused(() -> set("v1", "file-size=1025M", "comment=no"), Refusal.NO_SPACE);
        assertThat(bench.backing("v2")).doesNotExist();
        assertThat(bench.shown("v1")).doesNotContainKey("comment");
        set("v1", "file-size=1G");
        assertThat(bench.free()).isZero();
    }

    @Test
    void anEmptyCommentUnsets() throws Exception {
        bench.add("v1", "comment=a b");
        assertThat(bench.shown("v1").get("comment")).isEqualTo(new Value.Text("a b"));
        set("v1", "comment=");
        assertThat(bench.shown("v1")).doesNotContainKey("comment");
    }

    @Test
    void aDoorIsOpenExactlyWhileItIsExported() throws Exception {
        bench.add("v1");
        assertThat(bench.doors()).isEmpty();
        set("v1", "nvme-tcp-export=yes", "nvme-tcp-server-nqn=nqn.x:v1.1-aa");
        assertThat(bench.doors()).containsExactly("nqn.x:v1.1-aa");
        var link = bench.device.exports().resolve("nqn.x:v1.1-aa");
        assertThat(Files.readSymbolicLink(link)).isEqualTo(bench.backing("v1"));
        set("v1", "nvme-tcp-server-nqn=nqn.x:v1.2-bb");
        assertThat(bench.doors()).containsExactly("nqn.x:v1.2-bb");
        set("v1", "nvme-tcp-export=no");
        assertThat(bench.doors()).isEmpty();
    }

    @Test
    void removingAnExportedDiskClosesItsDoorAndLeavesItsFile() throws Exception {
        var id = bench.add("v1", "nvme-tcp-export=yes");
        assertThat(bench.doors()).containsExactly("nqn.2000-02.com.mikrotik:v1");
        bench.disk.remove(id);
        assertThat(bench.doors()).isEmpty();
        assertThat(bench.backing("v1")).exists();
        refused(() -> bench.disk.remove(id), Refusal.NO_SUCH_ITEM);
    }

    @Test
    void aNameOpensOneDoor() throws Exception {
        bench.add("v1", "nvme-tcp-export=yes", "nvme-tcp-server-nqn=nqn.x:same");
        bench.add("v2", "nvme-tcp-server-nqn=nqn.x:same");
        refused(() -> set("v2", "nvme-tcp-export=yes", "comment=no"), Refusal.NQN_IN_USE);
        assertThat(bench.shown("v2")).doesNotContainKey("comment");
        assertThat(Files.readSymbolicLink(bench.device.exports().resolve("nqn.x:same")))
                .isEqualTo(bench.backing("v1"));
    }

    @Test
    void anEmptyNqnIsTheDefaultOne() throws Exception {
        bench.add("v1", "nvme-tcp-server-nqn=nqn.x:other");
        set("v1", "nvme-tcp-server-nqn=");
        assertThat(bench.shown("v1").get("nvme-tcp-server-nqn"))
                .isEqualTo(new Value.Text("nqn.2000-02.com.mikrotik:v1"));
    }

    @ParameterizedTest
    @CsvSource({
        "nvme-tcp-server-nqn=../x, invalid value for argument nvme-tcp-server-nqn",
        "nvme-tcp-server-port=0, invalid value for argument nvme-tcp-server-port",
        "nvme-tcp-server-port=65536, invalid value for argument nvme-tcp-server-port",
        "nvme-tcp-export=maybe, input does not match any value of nvme-tcp-export",
        "type=raid, input does not match any value of type",
        "file-path=/storage-pool/rds-csi/other.img, failure: can not be changed"
    })
    void aBadValueChangesNothing(String bad, String refusal) throws Exception {
        bench.add("v1");
        var before = bench.shown("v1");
        refused(() -> set("v1", "comment=no", "file-size=2M", bad), refusal);
        assertThat(bench.shown("v1")).isEqualTo(before);
        assertThat(bench.backing("v1")).hasSize(MIB);
    }

    @Test
    void thePoolIsOnlyShown() {
        refused(() -> bench.disk.set(PoolItem.ID, given("comment=x")), Refusal.FIXED);
        refused(() -> bench.disk.remove(PoolItem.ID), Refusal.FIXED);
        assertThat(bench.shown(Device.POOL))
                .containsEntry("mount-point", new Value.Text("storage-pool"))
                .containsEntry("fs", new Value.Text("btrfs"))
                .containsEntry("state", new Value.Text("clean"));
    }

    @Test
    void trafficShowsWhatATestPutInFlight() throws Exception {
        bench.add("v1");
        bench.device.inFlight("v1", 12_345);
        var item = bench.disk.items().getLast();
        var monitor = Objects.requireNonNull(bench.disk.verbs().get("monitor-traffic"));
        var lines = monitor.run(item, given("once=yes")).lines().toList();
        assertThat(lines).contains("                  slot:     v1", "         in-flight-ops: 12 345");
        refused(() -> monitor.run(item, Map.of()), Refusal.ONLY_ONCE);
    }

    @Test
    void readyMadeVolumesAreThereOnceAndCanGo(@TempDir Path other) throws Exception {
        var many = new Bench(other, 3);
        assertThat(many.disk.items()).hasSize(4);
        assertThat(many.backing("pre-00002")).hasSize(MIB);
        many.disk.remove(many.disk.items().getLast().id());
        assertThat(new Bench(other, 3).disk.items()).hasSize(3);
    }

    @Test
    void writersAtOnceLoseNothing() throws Exception {
        int writers = 8;
        int each = 20;
        var threads = new ArrayList<Thread>();
        var failures = ConcurrentHashMap.newKeySet();
        for (int w = 0; w < writers; w++) {
            var name = "w" + w + "-";
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < each; i++) bench.add(name + i, "nvme-tcp-export=yes");
                    for (int i = 1; i < each; i++) set(name + i, "nvme-tcp-export=no");
                } catch (ConsoleError e) {
                    failures.add(e);
                }
            }));
        }
        for (var thread : threads) thread.join();
        assertThat(failures).isEmpty();
        assertThat(bench.disk.items())
                .hasSize(1 + writers * each)
                .extracting("id")
                .doesNotHaveDuplicates();
        assertThat(bench.doors()).hasSize(writers).allMatch(d -> d.endsWith("-0"));
        assertThat(new Bench(state).disk.items()).isEqualTo(bench.disk.items());
    }

    private void set(String slot, String... pairs) throws ConsoleError {
        for (var item : bench.disk.items()) {
            if (new Value.Text(slot).equals(item.values().get("slot"))) {
                bench.disk.set(item.id(), given(pairs));
                return;
            }
        }
        throw new AssertionError("no disk " + slot);
    }

    private static void refused(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOf(ConsoleError.class).hasMessage(text);
    }

    private static long bytesOnDisk(Path file) throws IOException, InterruptedException {
        var process = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return 512 * Long.parseLong(out.strip());
    }
}
