package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an attachment when its node falls ill, leaves, or comes back as another machine. */
class TakeoverTest {
    private World world;
    private TestCluster cluster;
    private World.Caller controller;
    private String volume;

    @BeforeEach
    void startWithAVolumeHeldByA() throws Exception {
        world = World.start();
        cluster = TestCluster.of("a", "b", "c");
        controller = world.controller(cluster);
        volume = controller.create("db-0");
        controller.publish(volume, "a");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void aNodeThatIsThereKeepsTheVolumeAndTheClaimsUsersAreToldWhy() throws Exception {
        var exports = world.exports();
        var refused = statusOf(() -> controller.publish(volume, "b"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription())
                .contains("Volume db-0 is attached to a, cannot attach to b", "out-of-service");
        assertThat(cluster.reasons()).containsExactly("VolumeAttached", "AttachmentConflict");
        assertThat(cluster.events().getLast().message()).contains("attached to a, cannot attach to b");
        assertThat(world.exports()).isEqualTo(exports);
    }

    @Test
    void aNodeThatIsNotReadyKeepsTheVolumeToo() {
        cluster.notReady("a");
        assertThat(statusOf(() -> controller.publish(volume, "b")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void aNodeBeingDeletedKeepsTheVolumeUntilItIsGone() {
        cluster.node("a", TestCluster.uid("a"), true, true);
        assertThat(statusOf(() -> controller.publish(volume, "b")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void aHolderThatIsGoneIsCutBeforeTheNextIsLetIn() {
        cluster.gone("a");
        var old = world.disk(volume).orElseThrow();
        var lines = world.commandsDuring(() -> controller.publish(volume, "b"));
        assertThat(indexOf(lines, ":x:w:")).isBetween(0, indexOf(lines, "allow-host-name=") - 1);
        assertThat(indexOf(lines, "monitor-traffic"))
                .as("drained in between")
                .isBetween(indexOf(lines, ":x:w:") + 1, indexOf(lines, "allow-host-name=") - 1);
        assertThat(cluster.reasons()).containsExactly("VolumeAttached", "StaleAttachmentCleared", "VolumeAttached");
        assertThat(world.disk(volume).orElseThrow().subsystem()).isNotEqualTo(old.subsystem());
    }

    @Test
    void theSameNameOnAnotherMachineIsAnotherHolder() {
        var before = world.ledger(volume).holders();
        cluster.replaced("a");
        controller.publish(volume, "b");
        controller.unpublish(volume, "b");
        var context = controller.publish(volume, "a");
        assertThat(world.ledger(volume).holders()).isNotEqualTo(before).hasSize(1);
        assertThat(world.disk(volume).orElseThrow().allowed()).isEqualTo(context.get("host_nqn"));
    }

    @Test
    void theReplacedMachineItselfGetsTheVolumeUnderANewName() {
        var before = world.disk(volume).orElseThrow();
        cluster.replaced("a");
        controller.publish(volume, "a");
        var after = world.disk(volume).orElseThrow();
        assertThat(after.subsystem()).isNotEqualTo(before.subsystem());
        assertThat(after.allowed()).isNotEqualTo(before.allowed());
    }

    @Test
    void aNodeThatTheOperatorDeclaresDeadIsTakenOverFrom() {
        cluster.outOfService("a");
        assertThat(statusOf(() -> controller.publish(volume, "b"))).isEqualTo(Status.OK);
    }

    @Test
    void nothingIsAttachedToANodeThatIsAboutToGo() {
        controller.unpublish(volume, "a");
        cluster.outOfService("b");
        cluster.node("c", TestCluster.uid("c"), true, true);
        for (var leaving : List.of("b", "c")) {
            var refused = statusOf(() -> controller.publish(volume, leaving));
            assertThat(refused.getCode()).as(leaving).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(refused.getDescription()).contains(volume, leaving);
        }
        assertThat(statusOf(() -> controller.publish(volume, "nobody")).getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    /** What could not be asked is not "absent". */
    @Test
    void aSilentClusterChangesNothing() throws Exception {
        var before = world.disk(volume);
        cluster.silent("a");
        var refused = statusOf(() -> controller.publish(volume, "b"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(refused.getDescription()).contains(volume, "node a", "503", "Nothing was changed");
        cluster.silent("b");
        assertThat(statusOf(() -> controller.publish(volume, "b")).getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(world.disk(volume)).isEqualTo(before);
    }

    @Test
    void unpublishNeedsNothingOfTheCluster() throws Exception {
        cluster.silent("a");
        cluster.wish(volume, "a", new Wish.Unanswered("connection refused"));
        controller.unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).state()).isIn(Ledger.State.CUT, Ledger.State.FREE);
    }

    @Test
    void unpublishOfANodeThatIsGoneCuts() throws Exception {
        cluster.gone("a");
        controller.unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
    }

    /** A node that is Ready and no longer lists the volume in use has flushed and let go: the next one waits for nothing. */
    @Test
    void anOrdinaryPodMoveWaitsForNoDrain() {
        var lines = new ArrayList<String>();
        lines.addAll(world.commandsDuring(() -> controller.unpublish(volume, "a")));
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.FREE);
        lines.addAll(world.commandsDuring(() -> controller.publish(volume, "b")));
        assertThat(lines).noneMatch(line -> line.contains("monitor-traffic")).hasSize(2);
    }

    @Test
    void aNodeThatStillListsTheVolumeInUseIsCutAndDrained() {
        cluster.uses("a", volume);
        int since = world.rds().commands().size();
        controller.unpublish(volume, "a");
        world.awaitCommand(since, "monitor-traffic");
        assertThat(world.rds().commands().stream().skip(since).map(exec -> exec.text()))
                .anyMatch(line -> line.contains(":x:w:"));
    }

    @Test
    void aNodeThatIsNotReadyIsCutAndDrainedWhateverItLists() {
        cluster.notReady("a");
        var lines = world.commandsDuring(() -> controller.unpublish(volume, "a"));
        assertThat(lines).anyMatch(line -> line.contains(":x:w:"));
    }

    /** A machine of another UID says nothing of what the one that held the volume has flushed. */
    @Test
    void anotherMachineOfTheSameNameDoesNotMakeALeaveClean() {
        cluster.replaced("a");
        var lines = world.commandsDuring(() -> controller.unpublish(volume, "a"));
        assertThat(lines).anyMatch(line -> line.contains(":x:w:"));
    }

    @Test
    void aLateCallOfAnOldLeaderEndsNothingThatTheClusterStillWants() throws Exception {
        cluster.wish(volume, "a", new Wish.Wanted());
        var refused = statusOf(() -> controller.unpublish(volume, "a"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(refused.getDescription()).contains(volume, "a", "VolumeAttachment");
        assertThat(world.exports()).hasSize(1);
        assertThat(statusOf(() -> controller.unpublish(volume, "")).getCode()).isEqualTo(Status.Code.ABORTED);
    }

    /** The appliance lost its last changes, or was restored from a backup: its door may be open to somebody long gone. */
    @Test
    void aRecordOlderThanTheClusterWasToldIsCutAndLocked() throws Exception {
        var old = world.ledger(volume);
        var oldItem = world.disk(volume).orElseThrow();
        controller.unpublish(volume, "a");
        var context = controller.publish(volume, "b");
        cluster.attached(volume, "b", Objects.requireNonNull(context.get("claim")));
        world.byHand(Command.set(
                "/disk",
                Filter.is("slot", volume),
                Map.of(
                        "comment",
                        old.format(new VolumeId(volume)),
                        "nvme-tcp-server-nqn",
                        oldItem.subsystem(),
                        "nvme-tcp-server-allow-host-name",
                        oldItem.allowed())));
        var refused = statusOf(() -> controller.publish(volume, "a"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains(context.get("claim"), "unlock");
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.LOCKED);
        assertThat(cluster.reasons()).endsWith("OldAttachmentRecord");
        assertThat(statusOf(() -> controller.publish(volume, "b")).getDescription())
                .contains("locked");
        assertThat(statusOf(() -> controller.unpublish(volume, "b"))).isEqualTo(Status.OK);
    }

    @Test
    void anotherFilesystemThanTheClaimWasGivenForIsRefused() {
        var block = World.Caller.publication(volume, "a");
        block.getVolumeCapabilityBuilder().getMountBuilder().setFsType("xfs");
        var refused = statusOf(() -> controller.stub().controllerPublishVolume(block.build()));
        assertThat(refused.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(refused.getDescription()).contains("ext4", "xfs");
    }

    /** The one that was last seen is tried at once; what was changed behind its back is found by the guard. */
    @Test
    void aFirstTryOnWhatWasLastSeenIsOneCommandLineAndNeverTrustsIt() throws Exception {
        controller.unpublish(volume, "a");
        assertThat(world.commandsDuring(() -> controller.publish(volume, "a"))).hasSize(1);
        assertThat(world.commandsDuring(() -> controller.unpublish(volume, "a")))
                .hasSize(1);
        var other = world.controller(cluster);
        var held = other.publish(volume, "b");
        assertThat(statusOf(() -> controller.publish(volume, "a")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(world.exports()).containsExactly(held.get("nvme_nqn"));
        other.unpublish(volume, "b");
        other.publish(volume, "c");
        controller.unpublish(volume, "b");
        assertThat(world.exports()).as("c's, which nobody asked to end").hasSize(1);
        controller.unpublish(volume, "c");
        assertThat(world.exports()).isEmpty();
    }

    /** Its own memory says "a"; the appliance says that c holds it. */
    @Test
    void anOutdatedMemoryEndsNobodysAttachment() throws Exception {
        var other = world.controller(cluster);
        other.unpublish(volume, "a");
        var held = other.publish(volume, "c");
        controller.unpublish(volume, "a");
        assertThat(world.exports()).containsExactly(held.get("nvme_nqn"));
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains(part)) return i;
        return -1;
    }
}
