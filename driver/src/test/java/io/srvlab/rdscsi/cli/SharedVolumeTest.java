package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.Caller.SHARED_BLOCK;
import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A raw block volume that two nodes share while a virtual machine moves from one to the other. */
class SharedVolumeTest {
    private World world;
    private TestCluster cluster;
    private World.Caller controller;
    private String volume;
    private Map<String, String> first;

    @BeforeEach
    void startWithAVolumeSharedByA() throws Exception {
        world = World.start();
        cluster = TestCluster.of("a", "b", "c");
        controller = world.controller(cluster);
        volume = controller.create("vm-0");
        first = controller.publish(volume, "a", SHARED_BLOCK);
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void aSecondNodeJoinsTheSameAttachmentWithoutADoorClosing() {
        var lines = world.commandsDuring(() -> controller.publish(volume, "b", SHARED_BLOCK));
        var second = controller.publish(volume, "b", SHARED_BLOCK);
        assertThat(lines).noneMatch(line -> line.contains("nvme-tcp-export="));
        assertThat(second).containsEntry("nvme_nqn", first.get("nvme_nqn")).containsEntry("claim", first.get("claim"));
        assertThat(world.disk(volume).orElseThrow().allowed())
                .isEqualTo(first.get("host_nqn") + "," + second.get("host_nqn"));
        assertThat(controller.publish(volume, "a", SHARED_BLOCK)).isEqualTo(first);
        assertThat(cluster.reasons()).endsWith("MigrationStarted");
    }

    /** A set of the list takes nobody's connection away, so who was let in by hand would write on unseen. */
    @Test
    void aJoinThatMeetsAStrangerOnTheListCutsEverybodyFirst() {
        world.byHand(Command.set(
                "/disk",
                Filter.is("slot", volume),
                Map.of("nvme-tcp-server-allow-host-name", first.get("host_nqn") + ",nqn.2014-08.org.example:x")));
        var lines = world.commandsDuring(() -> controller.publish(volume, "b", SHARED_BLOCK));
        assertThat(lines).anyMatch(line -> line.contains("nvme-tcp-export=\"no\"") && line.contains(":x:"));
        var disk = world.disk(volume).orElseThrow();
        assertThat(disk.subsystem()).isNotEqualTo(first.get("nvme_nqn"));
        assertThat(disk.allowed()).doesNotContain("example", ",");
    }

    @Test
    void aThirdNodeIsRefused() {
        controller.publish(volume, "b", SHARED_BLOCK);
        var refused = statusOf(() -> controller.publish(volume, "c", SHARED_BLOCK));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("attached to a and b", "c");
    }

    @Test
    void aNodeJoinsOnlyWhileTheOtherIsReady() {
        cluster.notReady("a");
        var refused = statusOf(() -> controller.publish(volume, "b", SHARED_BLOCK));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("not Ready", "delete its Node object");
        cluster.silent("a");
        assertThat(statusOf(() -> controller.publish(volume, "b", SHARED_BLOCK)).getCode())
                .isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void whoAsksForItAsASingleWriterIsRefused() {
        assertThat(statusOf(() -> controller.publish(volume, "b")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(statusOf(() -> controller.publish(volume, "a")).getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    @Test
    void theOneThatLeavesInGoodOrderDisturbsNobody() {
        var second = controller.publish(volume, "b", SHARED_BLOCK);
        var lines = world.commandsDuring(() -> controller.unpublish(volume, "a"));
        assertThat(lines).noneMatch(line -> line.contains("nvme-tcp-export="));
        var disk = world.disk(volume).orElseThrow();
        assertThat(disk.exported()).isTrue();
        assertThat(disk.allowed()).isEqualTo(second.get("host_nqn"));
        assertThat(disk.subsystem()).isEqualTo(first.get("nvme_nqn"));
        assertThat(cluster.reasons()).endsWith("VolumeDetached", "MigrationCompleted");
    }

    @Test
    void theOneThatMayStillUseItIsPutOutWithTheDoorClosedForOneCommandLine() {
        var second = controller.publish(volume, "b", SHARED_BLOCK);
        cluster.uses("a", volume);
        var lines = world.commandsDuring(() -> controller.unpublish(volume, "a"));
        assertThat(lines)
                .as("closed and opened again within one line")
                .anyMatch(line -> line.indexOf("nvme-tcp-export=\"no\"") >= 0
                        && line.indexOf("nvme-tcp-export=\"yes\"") > line.indexOf("nvme-tcp-export=\"no\""));
        var disk = world.disk(volume).orElseThrow();
        assertThat(disk.exported()).isTrue();
        assertThat(disk.allowed()).isEqualTo(second.get("host_nqn"));
        var barred = statusOf(() -> controller.publish(volume, "a", SHARED_BLOCK));
        assertThat(barred.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(barred.getDescription()).contains("cannot come back before b has let go");
        controller.unpublish(volume, "b");
        assertThat(statusOf(() -> controller.publish(volume, "a", SHARED_BLOCK)))
                .as("a new claim bars nobody")
                .isEqualTo(Status.OK);
    }

    /** A controller that died in the middle of putting somebody out leaves the door closed for the one who stays. */
    @Test
    void aDoorLeftClosedForTheOneWhoStaysIsOpenedByTheRetry() {
        controller.publish(volume, "b", SHARED_BLOCK);
        cluster.uses("a", volume);
        controller.unpublish(volume, "a");
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("nvme-tcp-export", "no")));
        controller.unpublish(volume, "a");
        assertThat(world.disk(volume).orElseThrow().exported()).isTrue();
        assertThat(world.ledger(volume).holderNames()).isEqualTo("b");
    }

    @Test
    void aMigrationThatComesToNothingLeavesTheFirstNodeWithTheVolume() {
        controller.publish(volume, "b", SHARED_BLOCK);
        controller.unpublish(volume, "b");
        assertThat(world.disk(volume).orElseThrow().allowed()).isEqualTo(first.get("host_nqn"));
        assertThat(cluster.reasons()).endsWith("VolumeDetached", "MigrationFailed");
    }

    @Test
    void theLastOneToLeaveClosesTheDoor() throws Exception {
        controller.publish(volume, "b", SHARED_BLOCK);
        controller.unpublish(volume, "a");
        controller.unpublish(volume, "b");
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.FREE);
    }

    @Test
    void unpublishFromEverybodyClosesTheDoor() throws Exception {
        controller.publish(volume, "b", SHARED_BLOCK);
        controller.unpublish(volume, "");
        assertThat(world.exports()).isEmpty();
    }

    @Test
    void oneOfTwoThatIsGoneIsPutOutForAThird() {
        var second = controller.publish(volume, "b", SHARED_BLOCK);
        cluster.gone("a");
        var third = controller.publish(volume, "c", SHARED_BLOCK);
        assertThat(world.disk(volume).orElseThrow().allowed())
                .isEqualTo(second.get("host_nqn") + "," + third.get("host_nqn"));
        assertThat(cluster.reasons()).contains("StaleAttachmentCleared");
    }

    @Test
    void aSharerThatIsGoneAndAloneIsCutForTheNext() {
        cluster.gone("a");
        var next = controller.publish(volume, "b", SHARED_BLOCK);
        assertThat(next.get("claim")).isNotEqualTo(first.get("claim"));
        assertThat(world.disk(volume).orElseThrow().allowed()).isEqualTo(next.get("host_nqn"));
    }

    @Test
    void readersShareAVolumeToo() {
        var readers = VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
                .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.MULTI_NODE_READER_ONLY))
                .build();
        controller.unpublish(volume, "a");
        controller.publish(volume, "a", readers);
        controller.publish(volume, "b", readers);
        assertThat(world.ledger(volume).holderNames()).isEqualTo("a and b");
        assertThat(world.ledger(volume).access().readOnly()).isTrue();
    }

    @Test
    void aFilesystemIsNeverShared() {
        var filesystem = SHARED_BLOCK.toBuilder()
                .setMount(VolumeCapability.MountVolume.getDefaultInstance())
                .build();
        var odd = SHARED_BLOCK.toBuilder()
                .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.MULTI_NODE_SINGLE_WRITER))
                .build();
        for (var capability : List.of(filesystem, odd)) {
            assertThat(statusOf(() -> controller.publish(volume, "b", capability))
                            .getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }
}
