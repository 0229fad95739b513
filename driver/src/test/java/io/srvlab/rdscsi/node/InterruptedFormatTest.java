package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.srvlab.rdscsi.node.filesystem.ContentReader;
import io.srvlab.rdscsi.node.filesystem.DeviceContent;
import io.srvlab.rdscsi.node.filesystem.FormatMark;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** mkfs was interrupted: it is made again where it can be shown that nobody has used what it left, and nowhere else. */
class InterruptedFormatTest {
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

    /** A node whose programs are those of the system, but for one that does {@code instead}. */
    private NodeWorld.Node nodeWith(String program, String instead) throws IOException {
        var directory = Files.createDirectories(world.directory.resolve("programs"));
        var file = directory.resolve(program);
        Files.writeString(file, "#!/bin/sh\nfor device; do :; done\n" + instead + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return world.node("a", new Programs(List.of(directory, Path.of("/usr/sbin"), Path.of("/usr/bin"))));
    }

    private void interrupted(NodeWorld.Node node, String fsType, Map<String, String> context) throws IOException {
        assertThat(problemOf(() -> node.stage("db-0", mount(fsType, SINGLE_NODE_WRITER), context)))
                .isInstanceOf(NodeProblem.FormatFailed.class);
        assertThat(world.attached("db-0")).isEmpty();
    }

    private DeviceContent content() throws IOException {
        var device = LoopDevices.attach(world.file("db-0"), false, "looked at by a test");
        try {
            return ContentReader.read(device);
        } finally {
            LoopDevices.clear(device);
        }
    }

    @Test
    void whatAnMkfsLeftThatDiedHalfWayIsFormattedAnewByTheNextCall() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        var junk = "head -c 300000 /dev/urandom | dd of=$device bs=4096 seek=1 conv=notrunc 2>/dev/null; kill -9 $$";
        interrupted(nodeWith("mkfs.ext4", junk), "ext4", context);
        assertThat(content())
                .isInstanceOfSatisfying(
                        DeviceContent.Begun.class,
                        begun -> assertThat(begun.rest()).isInstanceOf(DeviceContent.Other.class));
        var node = world.node("a");
        node.stage("db-0", NodeWorld.EXT4, context);
        Files.writeString(node.staging("db-0").resolve("file"), "kept");
        node.unstage("db-0");
        assertThat(content()).isInstanceOf(DeviceContent.Filesystem.class);
    }

    /** The mark outlives each mkfs, whatever the size; and once what it made is whole, that is kept. */
    @ParameterizedTest
    @CsvSource({
        "ext4, 16",
        "ext4, 17",
        "ext4, 64",
        "ext4, 257",
        "ext4, 511",
        "ext4, 512",
        "ext4, 1000",
        "ext4, 2341",
        "ext4, 16384",
        "ext4, 100000",
        "xfs, 301",
        "xfs, 400",
        "xfs, 1024",
        "xfs, 16384",
        "xfs, 5000000",
        "btrfs, 128",
        "btrfs, 512",
        "btrfs, 1000",
        "btrfs, 16384"
    })
    void whatAnMkfsLeftThatHadAllButEndedIsKept(String fsType, long mib) throws IOException {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs." + fsType).isPresent(), "needs mkfs." + fsType);
        world.create("db-0", mib);
        var context = world.export("db-0", "100-aaaaaaaa");
        interrupted(nodeWith("mkfs." + fsType, "/usr/sbin/mkfs." + fsType + " \"$@\"; kill -9 $$"), fsType, context);
        if (!(content() instanceof DeviceContent.Begun(var _, DeviceContent.Filesystem made))) {
            throw new AssertionError("no mark any more: " + content());
        }
        world.node("a").stage("db-0", mount(fsType, SINGLE_NODE_WRITER), context);
        world.node("a").unstage("db-0");
        assertThat(content())
                .isInstanceOfSatisfying(
                        DeviceContent.Filesystem.class,
                        now -> assertThat(now.uuid()).isEqualTo(made.uuid()));
    }

    @Test
    void whatLooksFinishedButIsNotWholeIsLeftAsItIs() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        interrupted(nodeWith("mkfs.ext4", "/usr/sbin/mkfs.ext4 \"$@\"; kill -9 $$"), "ext4", context);
        try (var file = new RandomAccessFile(world.file("db-0").toFile(), "rw")) {
            file.seek(4096);
            file.write(new byte[128 << 10]); // group descriptors and bitmaps
        }
        var before = Files.readAllBytes(world.file("db-0"));
        assertThat(problemOf(() -> world.node("a").stage("db-0", NodeWorld.EXT4, context)))
                .isInstanceOf(NodeProblem.HalfMade.class);
        assertThat(Files.readAllBytes(world.file("db-0"))).isEqualTo(before);
    }

    @Test
    void theMarkOfAnotherVolumeIsNoPermission() throws IOException {
        var device = LoopDevices.attach(world.file("db-0"), false, "marked by a test");
        FormatMark.set(device, "db-1");
        LoopDevices.clear(device);
        var before = Files.readAllBytes(world.file("db-0"));
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> world.node("a").stage("db-0", NodeWorld.EXT4, context)))
                .isInstanceOf(NodeProblem.HalfMade.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("db-1");
        assertThat(Files.readAllBytes(world.file("db-0"))).isEqualTo(before);
    }

    @Test
    void beforeAnybodyCanMountItTheMarkIsGone() throws IOException {
        var node = world.node("a");
        node.stage("db-0", NodeWorld.EXT4, world.export("db-0", "100-aaaaaaaa"));
        var device = world.attached("db-0").getFirst().device();
        assertThat(ContentReader.read(device)).isInstanceOf(DeviceContent.Filesystem.class);
    }

    @Test
    void theMkfsOfAnEarlierCallThatStillRunsIsNotJoinedByASecond() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        world.node("a").stage("db-0", NodeWorld.BLOCK, context);
        var device = world.attached("db-0").getFirst().device();
        try (var _ = device.open(BlockDevice.Mode.EXCLUSIVE)) {
            assertThat(problemOf(() -> world.node("a").stage("db-0", NodeWorld.EXT4, context)))
                    .isInstanceOf(NodeProblem.InUse.class);
        }
        assertThat(ContentReader.read(device)).isEqualTo(new DeviceContent.Blank());
    }
}
