package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device holds decides: only one that holds nothing is ever formatted, and no refusal leaves it attached. */
class FormatInterlockTest {
    private static final long MIB = 1 << 20;

    private NodeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("db-0", 64);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private void write(long offset, String bytes) throws IOException {
        try (var file = new RandomAccessFile(world.file("db-0").toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** Stages, expects a refusal, and sees that not one byte was changed and nothing stayed attached. */
    private Problem refused(NodeWorld.Node node, String fsType) throws IOException {
        var before = Files.readAllBytes(world.file("db-0"));
        var context = world.export("db-0", "100-aaaaaaaa");
        var problem = problemOf(() -> node.stage("db-0", mount(fsType, SINGLE_NODE_WRITER), context));
        assertThat(world.attached("db-0")).isEmpty();
        assertThat(Files.readAllBytes(world.file("db-0"))).isEqualTo(before);
        return problem;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, MIB - 1, 63 * MIB, 64 * MIB - 1})
    void aDeviceWithOneByteAtEitherEndIsNeverFormatted(long offset) throws IOException {
        write(offset, "x");
        assertThat(refused(world.node("a"), "ext4"))
                .isInstanceOfSatisfying(
                        NodeProblem.OtherContent.class,
                        problem -> assertThat(problem.offset()).isEqualTo(offset));
    }

    @ParameterizedTest
    @CsvSource({"512, EFI PART, GPT partition table", "510, U\u00aa, MBR partition table", "0, LUKS\u00ba\u00be, LUKS"})
    void aPartitionTableOrAnotherLayerIsContentAndNamed(long offset, String magic, String name) throws IOException {
        write(offset, magic);
        assertThat(refused(world.node("a"), "").sentence()).contains("db-0", "node a", name, "not formatted");
    }

    @Test
    void anotherFilesystemThanAskedForIsNamedAndKept() throws IOException {
        write(0, "XFSB");
        assertThat(refused(world.node("a"), "ext4"))
                .isInstanceOfSatisfying(NodeProblem.OtherFilesystem.class, problem -> {
                    assertThat(problem.found()).isEqualTo("xfs");
                    assertThat(problem.asked()).isEqualTo("ext4");
                });
    }

    @Test
    void aFilesystemThatIsThereIsMountedWithWhatItHolds() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        Files.writeString(node.staging("db-0").resolve("file"), "kept");
        node.unstage("db-0");
        var any = mount("", SINGLE_NODE_WRITER);
        node.stage("db-0", any, world.export("db-0", "101-bbbbbbbb"));
        assertThat(node.staging("db-0").resolve("file")).hasContent("kept");
        assertThat(MountTable.read().top(node.staging("db-0")).orElseThrow().fsType())
                .isEqualTo("ext4");
    }

    @Test
    void aDamagedFilesystemIsNotReplacedByAnEmptyOne() throws IOException {
        write(1024 + 56, "S\u00ef");
        write(1024 + 96, "@");
        assertThat(refused(world.node("a"), "ext4"))
                .isInstanceOf(NodeProblem.KernelRefused.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("mounting", "dmesg");
    }

    @Test
    void aFailedStageLeavesAttachedWhatWasAttachedBefore() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", NodeWorld.BLOCK, context);
        write(0, "x");
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context))).isInstanceOf(NodeProblem.OtherContent.class);
        assertThat(world.attached("db-0")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"xfs, mkfs.xfs, xfsprogs", "ext4, mkfs.ext4, e2fsprogs", "btrfs, mkfs.btrfs, btrfs-progs"})
    void aMissingMkfsIsNamedWithItsPackage(String fsType, String program, String debianPackage) throws IOException {
        var node = world.node("a", new Programs(List.of(world.directory)));
        assertThat(refused(node, fsType))
                .isInstanceOf(NodeProblem.NoProgram.class)
                .extracting(Problem::sentence)
                .asString()
                .contains(program, debianPackage);
    }

    @Test
    void whatAFailingMkfsSaidIsInTheAnswer() throws IOException {
        var program = world.directory.resolve("mkfs.ext4");
        Files.writeString(program, "#!/bin/sh\necho \"disk is made of cheese, HOME=$HOME\" >&2\nexit 3\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var node = world.node("a", new Programs(List.of(world.directory)));
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context)))
                .isInstanceOf(NodeProblem.FormatFailed.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("exit 3: disk is made of cheese, HOME=.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void eachFilesystemIsMadeMountedAndFoundAgain(String fsType) throws IOException {
        assumeTrue(
                Programs.OF_THE_SYSTEM.find("mkfs." + fsType).isPresent(), "needs mkfs." + fsType + ": not installed");
        world.create("db-0", 400); // mkfs.xfs wants 300 MiB
        var node = world.node("a");
        for (var claim : List.of("100-aaaaaaaa", "101-bbbbbbbb")) {
            var context = world.export("db-0", claim);
            var capability = mount(fsType, SINGLE_NODE_WRITER);
            for (var i = 0; i < 2; i++) node.stage("db-0", capability, context);
            for (var i = 0; i < 2; i++) node.publish("db-0", "pod", capability, context);
            var file = node.target("db-0", "pod").resolve("file");
            if (claim.startsWith("100")) Files.writeString(file, "kept");
            assertThat(file).hasContent("kept");
            node.unpublish("db-0", "pod");
            node.unstage("db-0");
        }
        assertThat(world.attached("db-0")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void aDeviceThatHasShrunkBelowItsFilesystemIsNotMounted(String fsType) throws IOException {
        assumeTrue(
                Programs.OF_THE_SYSTEM.find("mkfs." + fsType).isPresent(), "needs mkfs." + fsType + ": not installed");
        world.create("db-0", 400);
        var node = world.node("a");
        node.stage("db-0", mount(fsType, SINGLE_NODE_WRITER), world.export("db-0", "100-aaaaaaaa"));
        node.unstage("db-0");
        world.create("db-0", 390);
        assertThat(refused(node, fsType))
                .isInstanceOf(NodeProblem.Shrunk.class)
                .extracting(Problem::sentence)
                .asString()
                .contains(String.valueOf(390 * MIB));
    }

    @Test
    void aFilesystemThatHasNotedErrorsIsRefusedWithTheCommandThatRepairsIt() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        node.unstage("db-0");
        write(1024 + 58, "\u0003\u0000"); // s_state: clean, but with errors
        assertThat(refused(node, "ext4"))
                .isInstanceOf(NodeProblem.NeedsRepair.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("e2fsck -f /dev/loop");
    }

    @Test
    void aFilesystemWhoseInnardsAreGarbageIsRefusedWithTheCommandThatRepairsIt() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        node.unstage("db-0");
        write(2048, "garbage".repeat(100)); // group descriptors
        assertThat(refused(node, "ext4"))
                .isInstanceOf(NodeProblem.NeedsRepair.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("e2fsck -f /dev/loop");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeviceOfNoBytesAtAllIsNeitherFormattedNorGivenAsABlockDevice(boolean block) throws IOException {
        world.create("db-0", 0);
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.stage("db-0", block ? NodeWorld.BLOCK : EXT4, context)))
                .isInstanceOf(NodeProblem.DeviceUnreadable.class);
        assertThat(world.attached("db-0")).isEmpty();
    }

    /** The end of a loop device's file is gone: reading there is an I/O error of the kernel's. */
    @Test
    void aDeviceThatFailsOnReadIsNotFormattedAndTheErrorSaysSo() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", NodeWorld.BLOCK, context);
        world.shrink("db-0", 8);
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context)))
                .isInstanceOf(NodeProblem.DeviceUnreadable.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("EIO");
        assertThat(Files.readAllBytes(world.file("db-0"))).containsOnly(0);
    }

    @Test
    void theFilesystemIsLabelledWithTheVolume() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        try (var file = new RandomAccessFile(
                world.attached("db-0").getFirst().device().path().toFile(), "r")) {
            file.seek(1024 + 120);
            var label = new byte[4];
            file.readFully(label);
            assertThat(new String(label, StandardCharsets.US_ASCII)).isEqualTo("db-0");
        }
    }

    @Test
    void callsForOneVolumeAtTheSameTimeQueueAndAttachItOnce() throws Exception {
        var context = world.export("db-0", "100-aaaaaaaa");
        var node = world.node("a");
        try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 12)
                    .mapToObj(_ -> all.submit(() -> node.stage("db-0", EXT4, context)))
                    .toList();
            for (var call : calls) call.get();
        }
        assertThat(world.attached("db-0")).hasSize(1);
        assertThat(NodeWorld.mountsAt(node.staging("db-0"))).isEqualTo(1);
    }

    @Test
    void aPathReachedThroughALinkIsTheSamePlace() throws IOException {
        var node = world.node("a");
        var real = Files.createDirectory(world.directory.resolve("real"));
        Path link = world.directory.resolve("a-staging");
        Files.createSymbolicLink(link, real);
        var context = world.export("db-0", "100-aaaaaaaa");
        for (var i = 0; i < 2; i++) node.stage("db-0", EXT4, context);
        node.publish("db-0", "pod", EXT4, context);
        node.unpublish("db-0", "pod");
        node.unstage("db-0");
        assertThat(world.attached("db-0")).isEmpty();
    }
}
