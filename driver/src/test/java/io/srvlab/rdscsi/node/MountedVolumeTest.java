package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.mountsAt;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.MULTI_NODE_READER_ONLY;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_MULTI_WRITER;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_SINGLE_WRITER;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeUsage;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Problem;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A volume with a filesystem, on real loop devices and real ext4. */
class MountedVolumeTest {
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

    @Test
    void whatWasWrittenIsThereAfterTheVolumeWentAwayAndCameBack() throws IOException {
        var node = world.node("a");
        var first = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, first);
        node.publish("db-0", "pod", EXT4, first);
        Files.writeString(node.target("db-0", "pod").resolve("file"), "kept");
        node.unpublish("db-0", "pod");
        node.unstage("db-0");
        assertThat(world.attached("db-0")).isEmpty();
        assertThat(node.target("db-0", "pod")).doesNotExist();
        assertThat(mountsAt(node.staging("db-0"))).isZero();
        world.unexport("db-0", "100-aaaaaaaa");

        var second = world.export("db-0", "101-bbbbbbbb");
        node.stage("db-0", EXT4, second);
        node.publish("db-0", "pod", EXT4, second);
        assertThat(node.target("db-0", "pod").resolve("file")).hasContent("kept");
    }

    @Test
    void everyCallMadeTwiceIsAsIfMadeOnce() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        for (var i = 0; i < 2; i++) node.stage("db-0", EXT4, context);
        for (var i = 0; i < 2; i++) node.publish("db-0", "pod", EXT4, context);
        assertThat(world.attached("db-0")).hasSize(1);
        assertThat(mountsAt(node.staging("db-0"))).isEqualTo(1);
        assertThat(mountsAt(node.target("db-0", "pod"))).isEqualTo(1);
        for (var i = 0; i < 2; i++) node.unpublish("db-0", "pod");
        for (var i = 0; i < 2; i++) node.unstage("db-0");
        assertThat(world.attached("db-0")).isEmpty();
    }

    @Test
    void aRestartedPluginKnowsWhatItsPredecessorDid() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        world.node("a").stage("db-0", EXT4, context);
        world.node("a").stage("db-0", EXT4, context);
        world.node("a").publish("db-0", "pod", EXT4, context);
        assertThat(world.attached("db-0")).hasSize(1);
        world.node("a").unpublish("db-0", "pod");
        world.node("a").unstage("db-0");
        assertThat(world.attached("db-0")).isEmpty();
    }

    @Test
    void unstageFinishesWhatACrashAfterTheUnmountLeft() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        Mounting.unmountAll(node.staging("db-0"));
        world.node("a").unstage("db-0");
        assertThat(world.attached("db-0")).isEmpty();
    }

    @Test
    void stackedMountsAllGoWithOneUnpublish() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.publish("db-0", "pod", EXT4, context);
        Mounting.bind(node.staging("db-0"), node.target("db-0", "pod"), false);
        assertThat(mountsAt(node.target("db-0", "pod"))).isEqualTo(2);
        node.unpublish("db-0", "pod");
        assertThat(node.target("db-0", "pod")).doesNotExist();
    }

    @Test
    void publishBeforeStageIsRefused() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.NotStaged.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("db-0", "node a", "NodeStageVolume");
        assertThat(node.target("db-0", "pod")).doesNotExist();
    }

    @Test
    void aVolumeThatIsStillPublishedIsNotUnstaged() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.publish("db-0", "pod", EXT4, context);
        assertThat(problemOf(() -> node.unstage("db-0")))
                .isInstanceOf(NodeProblem.InUse.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains(node.target("db-0", "pod").toString());
        assertThat(mountsAt(node.staging("db-0"))).isEqualTo(1);
        Files.writeString(node.target("db-0", "pod").resolve("file"), "the pod goes on");
    }

    @Test
    void aVolumeInUseIsNotUnstagedAndIsOnceItIsFree() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        try (var _ = new FileOutputStream(node.staging("db-0").resolve("open").toFile())) {
            assertThat(problemOf(() -> node.unstage("db-0"))).isInstanceOf(NodeProblem.InUse.class);
            assertThat(world.attached("db-0")).hasSize(1);
        }
        node.unstage("db-0");
        assertThat(world.attached("db-0")).isEmpty();
    }

    @Test
    void unpublishNeverDeletesWhatIsInADirectory() throws IOException {
        var node = world.node("a");
        var precious = node.target("db-0", "pod").resolve("precious");
        Files.createDirectories(precious.getParent());
        Files.writeString(precious, "data");
        assertThat(problemOf(() -> node.unpublish("db-0", "pod"))).isInstanceOf(NodeProblem.NotOursToRemove.class);
        assertThat(precious).hasContent("data");
    }

    @Test
    void aTargetWithFilesInItIsNotMountedOver() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        Files.createDirectories(node.target("db-0", "pod"));
        Files.writeString(node.target("db-0", "pod").resolve("file"), "data");
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
    }

    @Test
    void aReadOnlyPublishCannotBeWrittenAndAWritableOneBesideItCan() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.publish("db-0", "reader", EXT4, context, true);
        node.publish("db-0", "reader", EXT4, context, true);
        node.publish("db-0", "writer", EXT4, context);
        Files.writeString(node.target("db-0", "writer").resolve("file"), "seen");
        assertThat(node.target("db-0", "reader").resolve("file")).hasContent("seen");
        assertThatThrownBy(() -> Files.writeString(node.target("db-0", "reader").resolve("file"), "no"))
                .hasMessageContaining("Read-only");
        assertThat(problemOf(() -> node.publish("db-0", "reader", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
    }

    @Test
    void readersOfAVolumeWriteNotEvenItsJournal() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        var readers = mount("ext4", MULTI_NODE_READER_ONLY);
        assertThat(problemOf(() -> node.stage("db-0", readers, context))).isInstanceOf(NodeProblem.BlankReadOnly.class);
        assertThat(world.attached("db-0")).isEmpty();
        node.stage("db-0", EXT4, context);
        node.unstage("db-0");

        node.stage("db-0", readers, context);
        node.publish("db-0", "pod", readers, context);
        var staged = MountTable.read().top(node.staging("db-0")).orElseThrow();
        assertThat(staged.readOnly()).isTrue();
        assertThat(staged.superOptions()).contains("norecovery");
        var device = world.attached("db-0").getFirst().device().path().toFile();
        assertThatThrownBy(() -> {
                    try (var open = new FileOutputStream(device)) {
                        open.write(1);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    /** The filesystem was in use when it was copied, so that a mount would like to replay its journal. */
    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void aReadOnlyStageWritesNotOneByteAlsoWhereAJournalWaitsToBeReplayed(String fsType) throws Exception {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs." + fsType).isPresent(), "needs mkfs." + fsType);
        world.create("db-0", 400);
        world.create("copy", 400);
        var node = world.node("a");
        node.stage("db-0", mount(fsType, SINGLE_NODE_WRITER), world.export("db-0", "100-aaaaaaaa"));
        try (var file =
                new FileOutputStream(node.staging("db-0").resolve("file").toFile())) {
            file.write(new byte[100_000]);
            file.getFD().sync(); // in the journal, or in btrfs' log tree, and not yet in its place
            assertThat(new ProcessBuilder(
                                    "cp",
                                    world.file("db-0").toString(),
                                    world.file("copy").toString())
                            .start()
                            .waitFor())
                    .isZero();
        }
        node.unstage("db-0");
        var before = hash("copy");
        var context = world.export("copy", "100-aaaaaaaa");
        for (var capability : List.of(mount(fsType, MULTI_NODE_READER_ONLY), mount(fsType, SINGLE_NODE_WRITER, "ro"))) {
            node.stage("copy", capability, context);
            node.publish("copy", "pod", capability, context, true);
            assertThat(MountTable.read().top(node.staging("copy")).orElseThrow().readOnly())
                    .isTrue();
            node.unpublish("copy", "pod");
            node.unstage("copy");
            assertThat(hash("copy")).isEqualTo(before);
        }
        node.stage("copy", mount(fsType, SINGLE_NODE_WRITER), context);
        node.unstage("copy");
        assertThat(hash("copy")).as("a writer does replay it").isNotEqualTo(before);
    }

    private String hash(String slot) throws Exception {
        var sum = new ProcessBuilder("sha256sum", world.file(slot).toString()).start();
        var text = new String(sum.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(sum.waitFor()).isZero();
        return text;
    }

    @Test
    void whatIsStagedForReadersIsNotPublishedToAWriter() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.unstage("db-0");
        node.stage("db-0", mount("ext4", MULTI_NODE_READER_ONLY), context);
        assertThat(problemOf(() -> node.publish("db-0", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.Occupied.class);
    }

    @Test
    void aStagingPathThatIsALinkOrAFileIsRefused() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        var elsewhere = Files.createDirectory(world.directory.resolve("elsewhere"));
        Files.createDirectories(node.staging("db-0").getParent());
        Files.createSymbolicLink(node.staging("db-0"), elsewhere);
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context))).isInstanceOf(NodeProblem.Occupied.class);
        assertThat(mountsAt(elsewhere)).isZero();
        Files.delete(node.staging("db-0"));
        Files.writeString(node.staging("db-0"), "data");
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context))).isInstanceOf(NodeProblem.Occupied.class);
        assertThat(node.staging("db-0")).hasContent("data");
        assertThat(world.attached("db-0")).isEmpty();
    }

    @Test
    void nothingOutsideKubeletsDirectoryIsTouchedIfItIsGiven() throws IOException {
        var kubelet = Files.createDirectory(world.directory.resolve("kubelet"));
        world.kubeletDirectory = Optional.of(kubelet);
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context)))
                .isInstanceOf(Problem.Malformed.class)
                .extracting(Problem::sentence)
                .asString()
                .contains(kubelet.toString());
        assertThat(world.attached("db-0")).isEmpty();
        assertThat(problemOf(() -> node.unpublish("db-0", "pod"))).isInstanceOf(Problem.Malformed.class);
        Files.createSymbolicLink(kubelet.resolve("out"), world.directory);
        assertThat(problemOf(() -> node.call(
                        node.service::nodeUnpublishVolume,
                        NodeUnpublishVolumeRequest.newBuilder()
                                .setVolumeId("db-0")
                                .setTargetPath(kubelet.resolve("out/a-pods").toString())
                                .build())))
                .as("a link that leads out of it")
                .isInstanceOf(Problem.Malformed.class);
    }

    @Test
    void oneWriterAtOnePlaceIsNotPublishedAtASecond() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        var one = mount("ext4", SINGLE_NODE_SINGLE_WRITER);
        node.stage("db-0", one, context);
        node.publish("db-0", "pod", one, context);
        node.publish("db-0", "pod", one, context);
        assertThat(problemOf(() -> node.publish("db-0", "other", one, context)))
                .isInstanceOf(NodeProblem.PublishedElsewhere.class);
        var many = mount("ext4", SINGLE_NODE_MULTI_WRITER);
        node.publish("db-0", "other", many, context);
    }

    @Test
    void mountOptionsReachTheKernel() throws IOException {
        var node = world.node("a");
        var capability = mount("ext4", SINGLE_NODE_WRITER, "noatime,nodev", "commit=7");
        node.stage("db-0", capability, world.export("db-0", "100-aaaaaaaa"));
        var staged = MountTable.read().top(node.staging("db-0")).orElseThrow();
        assertThat(staged.options()).contains("noatime", "nodev");
        assertThat(staged.superOptions()).contains("commit=7");
    }

    @Test
    void aDoorThatStaysShutIsWaitedForUntilTheDeadlineAndThenNamed() {
        var node = world.node("a").patientFor(300);
        assertThat(problemOf(() -> node.stage("db-0", EXT4, NodeWorld.context("db-0", "100-aaaaaaaa"))))
                .isInstanceOf(NodeProblem.NoDoor.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("nqn.2000-02.com.mikrotik:db-0.100-aaaaaaaa");
    }

    @Test
    void aDoorThatOpensInTimeIsTaken() throws Exception {
        var node = world.node("a");
        var opener = Thread.ofVirtual().unstarted(() -> {
            try {
                world.export("db-0", "100-aaaaaaaa");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        opener.start();
        node.stage("db-0", EXT4, NodeWorld.context("db-0", "100-aaaaaaaa"));
        opener.join();
        assertThat(mountsAt(node.staging("db-0"))).isEqualTo(1);
    }

    @Test
    void aFileThatAnotherLoopDeviceHoldsIsRefusedNamingThatDevice() throws IOException {
        var holder = LoopDevices.attach(world.file("db-0"), false, "somebody else");
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.stage("db-0", EXT4, context)))
                .isInstanceOf(NodeProblem.HeldByDevice.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains(holder.path().toString(), "somebody else");
        assertThat(world.attached("db-0")).hasSize(1);
    }

    @Test
    void twoNodesOnOneMachineCannotHaveOneVolumeAtOnce() throws IOException {
        world.create("db-1", 64);
        var a = world.node("a");
        var b = world.node("b");
        a.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        b.stage("db-1", EXT4, world.export("db-1", "100-aaaaaaaa"));
        var next = world.export("db-0", "101-bbbbbbbb");
        assertThat(problemOf(() -> b.stage("db-0", EXT4, next))).isInstanceOf(NodeProblem.HeldByDevice.class);
        b.unstage("db-0");
        assertThat(world.attached("db-0"))
                .as("b's unstage leaves a's attachment alone")
                .hasSize(1);
        a.unstage("db-0");
        b.stage("db-0", EXT4, next);
    }

    @Test
    void whatIsLeftOfAnEarlierClaimIsRemovedUnlessItIsMounted() throws IOException {
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        var next = world.export("db-0", "101-bbbbbbbb");
        assertThat(problemOf(() -> node.stage("db-0", EXT4, next)))
                .isInstanceOf(NodeProblem.OlderAttachment.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains(node.staging("db-0").toString());
        Mounting.unmountAll(node.staging("db-0"));
        node.stage("db-0", EXT4, next);
        assertThat(world.attached("db-0"))
                .singleElement()
                .satisfies(loop -> assertThat(loop.mark()).endsWith("101-bbbbbbbb"));
    }

    @Test
    void aStagingPathThatShowsAnotherDeviceIsRefused() throws IOException {
        world.create("db-1", 64);
        var node = world.node("a");
        node.stage("db-0", EXT4, world.export("db-0", "100-aaaaaaaa"));
        node.stage("db-1", EXT4, world.export("db-1", "100-aaaaaaaa"));
        Mounting.unmountAll(node.staging("db-1"));
        Mounting.bind(node.staging("db-0"), node.staging("db-1"), false);
        var context = NodeWorld.context("db-1", "100-aaaaaaaa");
        assertThat(problemOf(() -> node.stage("db-1", EXT4, context)))
                .isInstanceOf(NodeProblem.StagedFromElsewhere.class);
        assertThat(problemOf(() -> node.publish("db-1", "pod", EXT4, context)))
                .isInstanceOf(NodeProblem.StagedFromElsewhere.class);
        assertThat(world.attached("db-1")).as("it was attached before the call").hasSize(1);
    }

    @Test
    void statisticsAreGivenWhereTheVolumeIsAndNowhereElse() throws IOException {
        var node = world.node("a");
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.publish("db-0", "pod", EXT4, context);
        var usage = node.call(node.service::nodeGetVolumeStats, stats("db-0", node.target("db-0", "pod")))
                .getUsageList();
        assertThat(usage)
                .extracting(VolumeUsage::getUnit)
                .containsExactly(VolumeUsage.Unit.BYTES, VolumeUsage.Unit.INODES);
        assertThat(usage).allSatisfy(one -> {
            assertThat(one.getTotal()).isPositive();
            assertThat(one.getUsed() + one.getAvailable()).isBetween(1L, one.getTotal());
        });
        assertThat(problemOf(() -> node.call(node.service::nodeGetVolumeStats, stats("db-0", world.directory))))
                .isInstanceOf(NodeProblem.NotThere.class);
        assertThat(problemOf(() -> node.call(node.service::nodeGetVolumeStats, stats("db-0", Path.of("some/path")))))
                .isInstanceOf(NodeProblem.NotThere.class);
        assertThat(problemOf(
                        () -> node.call(node.service::nodeGetVolumeStats, stats("db-9", node.target("db-0", "pod")))))
                .isInstanceOf(NodeProblem.NotThere.class);
    }

    private static NodeGetVolumeStatsRequest stats(String slot, Path path) {
        return NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId(slot)
                .setVolumePath(path.toString())
                .build();
    }
}
