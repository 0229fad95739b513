package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.BLOCK;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.DeviceNumber;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeUsage;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A raw block volume: a device node for a pod, made for the device that carries the volume now. */
class BlockVolumeTest {
    private NodeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("vm-0", 32);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private DeviceNumber carries() throws IOException {
        return world.attached("vm-0").getFirst().device().number();
    }

    private static DeviceNumber nodeAt(Path target) throws IOException {
        return FileStatus.of(target)
                .filter(status -> status.kind() == FileStatus.Kind.BLOCK_DEVICE)
                .orElseThrow()
                .node();
    }

    @Test
    void whatWasWrittenToTheNodeIsThereAfterTheVolumeCameBack() throws IOException {
        var node = world.node("a");
        var target = node.target("vm-0", "pod");
        for (var round = 0; round < 2; round++) {
            var context = world.export("vm-0", (100 + round) + "-aaaaaaaa");
            for (var i = 0; i < 2; i++) node.stage("vm-0", BLOCK, context);
            for (var i = 0; i < 2; i++) node.publish("vm-0", "pod", BLOCK, context);
            assertThat(nodeAt(target)).isEqualTo(carries());
            try (var file = new RandomAccessFile(target.toFile(), "rw")) {
                if (round == 0) file.writeLong(0x1122334455667788L);
                else assertThat(file.readLong()).isEqualTo(0x1122334455667788L);
            }
            for (var i = 0; i < 2; i++) node.unpublish("vm-0", "pod");
            assertThat(target).doesNotExist();
            for (var i = 0; i < 2; i++) node.unstage("vm-0");
            assertThat(world.attached("vm-0")).isEmpty();
        }
    }

    @Test
    void publishBeforeStageIsRefused() throws IOException {
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.publish("vm-0", "pod", BLOCK, context)))
                .isInstanceOf(NodeProblem.NotStaged.class);
    }

    @Test
    void aNodeLeftFromBeforeARebootIsReplacedNotTrusted() throws IOException {
        var node = world.node("a");
        var target = node.target("vm-0", "pod");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        Files.createDirectories(target.getParent());
        Mounting.makeNode(target, new DeviceNumber(7, 200), false);
        node.publish("vm-0", "pod", BLOCK, context);
        assertThat(nodeAt(target)).isEqualTo(carries());
    }

    @Test
    void aTargetThatIsSomethingElseIsLeftAlone() throws IOException {
        var node = world.node("a");
        var target = node.target("vm-0", "pod");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        Files.createDirectories(target.getParent());
        Files.writeString(target, "data");
        assertThat(problemOf(() -> node.publish("vm-0", "pod", BLOCK, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
        assertThat(problemOf(() -> node.unpublish("vm-0", "pod"))).isInstanceOf(NodeProblem.NotOursToRemove.class);
        assertThat(target).hasContent("data");
    }

    @Test
    void aReaderGetsANodeThatNobodyMayWriteTo() throws IOException {
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        node.publish("vm-0", "pod", BLOCK, context, true);
        assertThat(Files.getPosixFilePermissions(node.target("vm-0", "pod")))
                .noneMatch(permission -> permission.name().endsWith("WRITE"));
    }

    @Test
    void theWholeSizeIsTheOnlyStatistic() throws IOException {
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        node.publish("vm-0", "pod", BLOCK, context);
        var request = NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId("vm-0")
                .setVolumePath(node.target("vm-0", "pod").toString())
                .build();
        assertThat(node.call(node.service::nodeGetVolumeStats, request).getUsageList())
                .containsExactly(VolumeUsage.newBuilder()
                        .setUnit(VolumeUsage.Unit.BYTES)
                        .setTotal(32 << 20)
                        .build());
    }

    @Test
    void aDeviceThatSomethingHoldsOpenIsNotCalledDetached() throws IOException {
        var node = world.node("a");
        node.stage("vm-0", BLOCK, world.export("vm-0", "100-aaaaaaaa"));
        var device = world.attached("vm-0").getFirst().device();
        try (var _ = device.open(BlockDevice.Mode.BUFFERED)) {
            assertThat(problemOf(() -> world.node("a").patientFor(3_000).unstage("vm-0")))
                    .isInstanceOf(NodeProblem.StillAttached.class);
        }
        node.unstage("vm-0");
        assertThat(world.attached("vm-0")).isEmpty();
    }

    @Test
    void aDeviceThatAnotherProcessHasOpenIsNotTakenFromItAndTheProcessIsNamed() throws Exception {
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        node.publish("vm-0", "pod", BLOCK, context);
        var holder = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec 3<\"$0\"; echo open; read end",
                        node.target("vm-0", "pod").toString())
                .start();
        assertThat(holder.getInputStream().read()).isEqualTo('o');
        node.unpublish("vm-0", "pod");
        assertThat(problemOf(() -> node.unstage("vm-0")))
                .isInstanceOf(NodeProblem.InUse.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("process " + holder.pid());
        assertThat(world.attached("vm-0")).hasSize(1);
        holder.getOutputStream().close();
        assertThat(holder.waitFor()).isNotNegative();
        node.unstage("vm-0");
        assertThat(world.attached("vm-0")).isEmpty();
    }

    /** Kubelet keeps a loop device on a block volume for as long as it is mapped. */
    @Test
    void aDeviceUnderALoopDeviceIsNotTakenFromIt() throws IOException {
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        node.publish("vm-0", "pod", BLOCK, context);
        var above = LoopDevices.attach(node.target("vm-0", "pod"), false, "kubelet's");
        try {
            assertThat(problemOf(() -> node.unstage("vm-0")))
                    .isInstanceOf(NodeProblem.InUse.class)
                    .extracting(problem -> problem.sentence())
                    .asString()
                    .contains(above.path().toString());
        } finally {
            LoopDevices.clear(above);
        }
    }

    @Test
    void whatIsShownReadOnlyIsNotTakenForWritable() throws IOException {
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        node.publish("vm-0", "pod", BLOCK, context, true);
        node.publish("vm-0", "pod", BLOCK, context, true);
        assertThat(problemOf(() -> node.publish("vm-0", "pod", BLOCK, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
    }

    @Test
    void whatIsStagedForReadersIsNotPublishedToAWriter() throws IOException {
        var readers = BLOCK.toBuilder();
        readers.getAccessModeBuilder().setMode(VolumeCapability.AccessMode.Mode.MULTI_NODE_READER_ONLY);
        var node = world.node("a");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", readers.build(), context);
        assertThat(problemOf(() -> node.publish("vm-0", "pod", BLOCK, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
        assertThat(node.target("vm-0", "pod")).doesNotExist();
    }

    @Test
    void aSingleWriterIsShownAtOneTargetOnlyAlsoAfterAPluginRestart() throws IOException {
        var single = BLOCK.toBuilder();
        single.getAccessModeBuilder().setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_SINGLE_WRITER);
        var context = world.export("vm-0", "100-aaaaaaaa");
        world.node("a").stage("vm-0", single.build(), context);
        for (var i = 0; i < 2; i++) world.node("a").publish("vm-0", "pod", single.build(), context);
        assertThat(problemOf(() -> world.node("a").publish("vm-0", "other", single.build(), context)))
                .isInstanceOf(NodeProblem.PublishedElsewhere.class);
        assertThat(world.node("a").target("vm-0", "other")).doesNotExist();
        world.node("a").unpublish("vm-0", "pod");
        world.node("a").publish("vm-0", "other", single.build(), context);
        world.node("a").unpublish("vm-0", "other");
        world.node("a").unstage("vm-0");
        assertThat(world.node("a").staging("vm-0"))
                .as("kubelet removes it itself")
                .isEmptyDirectory();
    }

    @Test
    void whereNodesMeanNothingTheDevicesOwnNodeIsMountedInstead() throws Exception {
        var pods = Files.createDirectory(world.directory.resolve("a-pods"));
        assertThat(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "nodev", "tmpfs", pods.toString())
                        .start()
                        .waitFor())
                .isZero();
        var node = world.node("a");
        var target = node.target("vm-0", "pod");
        var context = world.export("vm-0", "100-aaaaaaaa");
        node.stage("vm-0", BLOCK, context);
        for (var i = 0; i < 2; i++) node.publish("vm-0", "pod", BLOCK, context);
        assertThat(NodeWorld.mountsAt(target)).isEqualTo(1);
        assertThat(nodeAt(target)).isEqualTo(carries());
        try (var file = new RandomAccessFile(target.toFile(), "rw")) {
            file.writeLong(1);
        }
        for (var i = 0; i < 2; i++) node.unpublish("vm-0", "pod");
        assertThat(target).doesNotExist();
        node.unstage("vm-0");
        assertThat(world.attached("vm-0")).isEmpty();
    }
}
