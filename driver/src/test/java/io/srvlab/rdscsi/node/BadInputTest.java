package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.BLOCK;
import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.mountsAt;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.proto.csi.v1.NodeExpandVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths of others, things in the way, volumes that nobody knows. What a request alone tells is RequestsTest's. */
class BadInputTest {
    private NodeWorld world;
    private NodeWorld.Node node;
    private Map<String, String> context;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("db-0", 32);
        world.create("db-1", 32);
        node = world.node("a");
        context = world.export("db-0", "100-aaaaaaaa");
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private void unstage(String slot, Path staging) {
        node.call(
                node.service::nodeUnstageVolume,
                NodeUnstageVolumeRequest.newBuilder()
                        .setVolumeId(slot)
                        .setStagingTargetPath(staging.toString())
                        .build());
    }

    private void unpublish(String slot, Path target) {
        node.call(
                node.service::nodeUnpublishVolume,
                NodeUnpublishVolumeRequest.newBuilder()
                        .setVolumeId(slot)
                        .setTargetPath(target.toString())
                        .build());
    }

    @Test
    void anotherVolumesMountsAreNotTakenAwayInThisOnesName() throws IOException {
        var other = world.export("db-1", "100-bbbbbbbb");
        node.stage("db-0", EXT4, context);
        node.stage("db-1", EXT4, other);
        node.publish("db-1", "pod", EXT4, other);
        for (var slot : new String[] {"db-0", "db-9"}) {
            assertThat(problemOf(() -> unstage(slot, node.staging("db-1"))))
                    .isInstanceOf(slot.equals("db-0") ? NodeProblem.InUse.class : NodeProblem.NotOursToUnmount.class);
            assertThat(problemOf(() -> unpublish(slot, node.target("db-1", "pod"))))
                    .isInstanceOf(NodeProblem.NotOursToUnmount.class);
        }
        assertThat(mountsAt(node.staging("db-1"))).isEqualTo(1);
        assertThat(mountsAt(node.target("db-1", "pod"))).isEqualTo(1);
    }

    @Test
    void aFilesystemOfAnotherKindIsNotTakenAway() throws Exception {
        var place = Files.createDirectories(node.target("db-0", "pod"));
        assertThat(new ProcessBuilder("mount", "-t", "tmpfs", "tmpfs", place.toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(problemOf(() -> unpublish("db-0", place)))
                .isInstanceOf(NodeProblem.NotOursToUnmount.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("tmpfs", place.toString());
        node.stage("db-0", EXT4, context);
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
        assertThat(mountsAt(place)).isEqualTo(1);
    }

    @Test
    void aTargetThatShowsAnotherVolumeIsNotTakenForThisOne() throws IOException {
        var other = world.export("db-1", "100-bbbbbbbb");
        node.stage("db-0", EXT4, context);
        node.stage("db-1", EXT4, other);
        Files.createDirectories(node.target("db-0", "pod"));
        Mounting.bind(node.staging("db-1"), node.target("db-0", "pod"), false);
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
        assertThat(problemOf(() -> node.call(
                        node.service::nodeGetVolumeStats,
                        NodeGetVolumeStatsRequest.newBuilder()
                                .setVolumeId("db-9")
                                .setVolumePath(node.target("db-0", "pod").toString())
                                .build())))
                .isInstanceOf(NodeProblem.NotThere.class);
    }

    @Test
    void aStagingPathThatShowsAnotherVolumeIsNotPublished() throws IOException {
        var other = world.export("db-1", "100-bbbbbbbb");
        node.stage("db-0", EXT4, context);
        node.stage("db-1", EXT4, other);
        Mounting.bind(node.staging("db-1"), node.staging("db-0"), false);
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.StagedFromElsewhere.class);
        assertThat(mountsAt(node.target("db-0", "pod"))).isZero();
    }

    @Test
    void aFileOrALinkWhereTheTargetMustBeADirectoryIsLeftAsItIs() throws IOException {
        node.stage("db-0", EXT4, context);
        var target = node.target("db-0", "pod");
        Files.createDirectories(target.getParent());
        Files.writeString(target, "data");
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
        assertThat(problemOf(() -> node.unpublish("db-0", "pod"))).isInstanceOf(NodeProblem.NotOursToRemove.class);
        assertThat(target).hasContent("data");
        Files.delete(target);
        var elsewhere = Files.createDirectory(world.directory.resolve("elsewhere"));
        Files.createSymbolicLink(target, elsewhere);
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
        assertThat(problemOf(() -> node.unpublish("db-0", "pod"))).isInstanceOf(NodeProblem.NotOursToRemove.class);
        assertThat(mountsAt(elsewhere)).isZero();
        assertThat(target).isSymbolicLink();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc", "/a/../b", "relative", "/a\nb"})
    void aVolumeThatNobodyKnowsIsNotFoundBeforeItsPathIsJudged(String path) throws IOException {
        world.kubeletDirectory = Optional.of(Files.createDirectory(world.directory.resolve("kubelet")));
        var strict = world.node("a");
        assertThat(problemOf(() -> strict.call(
                        strict.service::nodeGetVolumeStats,
                        NodeGetVolumeStatsRequest.newBuilder()
                                .setVolumeId("db-9")
                                .setVolumePath(path)
                                .build())))
                .isInstanceOf(NodeProblem.NotThere.class);
        assertThat(problemOf(() -> strict.call(
                        strict.service::nodeExpandVolume,
                        NodeExpandVolumeRequest.newBuilder()
                                .setVolumeId("db-9")
                                .setVolumePath(path)
                                .build())))
                .isInstanceOf(NodeProblem.NotThere.class);
    }

    @Test
    void aRawBlockVolumeIsExpandedWhereItsNodeIsAndNotWhereAnothersIs() throws IOException {
        var other = world.export("db-1", "100-bbbbbbbb");
        node.stage("db-0", BLOCK, context);
        node.stage("db-1", BLOCK, other);
        node.publish("db-1", "pod", BLOCK, other);
        assertThat(problemOf(() -> node.call(
                        node.service::nodeExpandVolume,
                        NodeExpandVolumeRequest.newBuilder()
                                .setVolumeId("db-0")
                                .setVolumePath(node.target("db-1", "pod").toString())
                                .build())))
                .isInstanceOf(NodeProblem.NotThere.class);
    }
}
