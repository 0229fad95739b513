package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.BLOCK;
import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsResponse;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** NodeGetVolumeStats says how a volume fares, and makes no number up. */
class ConditionTest {
    private NodeWorld world;
    private NodeWorld.Node node;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("db-0", 64);
        node = world.node("a");
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private NodeGetVolumeStatsResponse stats() {
        return node.call(
                node.service::nodeGetVolumeStats,
                NodeGetVolumeStatsRequest.newBuilder()
                        .setVolumeId("db-0")
                        .setVolumePath(node.target("db-0", "pod").toString())
                        .build());
    }

    @Test
    void aVolumeThatIsWellIsCalledSo() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.publish("db-0", "pod", EXT4, context);
        assertThat(stats().getVolumeCondition().getAbnormal()).isFalse();
        assertThat(stats().getUsageCount()).isEqualTo(2);
    }

    /** An error that the kernel finds: ext4 counts it, and by its default makes the filesystem read-only. */
    @Test
    void aFilesystemThatTheKernelMadeReadOnlyIsAbnormal() throws Exception {
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", mount("ext4", SINGLE_NODE_WRITER, "errors=remount-ro"), context);
        node.publish("db-0", "pod", EXT4, context);
        var device = world.attached("db-0").getFirst().device();
        var name = device.path().getFileName().toString();
        Files.writeString(Path.of("/sys/fs/ext4", name, "trigger_fs_error"), "made by a test");
        var condition = stats().getVolumeCondition();
        assertThat(condition.getAbnormal()).isTrue();
        assertThat(condition.getMessage()).contains("read-only after an error", "errors in it");
    }

    @Test
    void aVolumeWhoseDeviceIsGoneIsAbnormalAndHasNoNumbers() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", BLOCK, context);
        node.publish("db-0", "pod", BLOCK, context);
        LoopDevices.clear(world.attached("db-0").getFirst().device());
        assertThat(stats().getUsageList()).isEmpty();
        assertThat(stats().getVolumeCondition().getAbnormal()).isTrue();
        assertThat(stats().getVolumeCondition().getMessage()).contains("given up", "Delete the pods");
    }

    @Test
    void aFilesystemThatDoesNotAnswerIsAbnormalAndHasNoNumbers() {
        var volume = new VolumeId("db-0");
        var found = new Statistics.Found(Path.of("/x"), true, OptionalLong.empty(), List.of("its session is not live"));
        var answer = StatisticsAnswer.of(found, ConditionTest::hanging);
        assertThat(answer.getUsageList()).isEmpty();
        assertThat(answer.getVolumeCondition().getMessage())
                .contains("its session is not live", "does not answer", volume.slot());
    }

    private static Usage hanging() {
        throw new Failed(new NodeProblem.OutOfTime(new VolumeId("db-0"), new NodeName("a"), "asking /x"));
    }

    @Test
    void aFilesystemThatWasNotEvenAskedIsNotCalledAbnormal() {
        var volume = new VolumeId("db-0");
        var node = new NodeName("a");
        var found = new Statistics.Found(Path.of("/somewhere"), true, OptionalLong.empty(), List.of());
        for (var problem : List.<NodeProblem>of(
                new NodeProblem.OutOfTime(volume, node, Operation.NOT_BEGUN),
                new NodeProblem.TooManyStuck(volume, node, 16))) {
            assertThat(problemOf(() -> StatisticsAnswer.of(found, () -> {
                        throw new Failed(problem);
                    })))
                    .isEqualTo(problem);
        }
    }
}
