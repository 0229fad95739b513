package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesRequest;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesResponse;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesResponse.Entry;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the attacher is told is published where; what it is not told of, it takes for detached. */
class ListVolumesTest {
    private World world;
    private TestCluster cluster;
    private World.Caller controller;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
        cluster = TestCluster.of("a", "b");
        controller = world.controller(cluster);
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private ListVolumesResponse list(int most, String token) {
        return controller
                .stub()
                .listVolumes(ListVolumesRequest.newBuilder()
                        .setMaxEntries(most)
                        .setStartingToken(token)
                        .build());
    }

    private Entry entry(String volume) {
        return list(0, "").getEntriesList().stream()
                .filter(each -> each.getVolume().getVolumeId().equals(volume))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aHeldVolumeNamesItsNodesAndAFreeOneNobody() {
        var held = controller.create("db-0");
        var free = controller.create("db-1");
        controller.publish(held, "a");
        assertThat(entry(held).getStatus().getPublishedNodeIdsList()).containsExactly("a");
        assertThat(entry(free).getStatus().getPublishedNodeIdsList()).isEmpty();
        assertThat(entry(held).getStatus().getVolumeCondition().getAbnormal()).isFalse();
        assertThat(entry(held).getVolume().getCapacityBytes()).isEqualTo(16L << 20);
    }

    @Test
    void pagesHoldEveryVolumeOnce() {
        for (int i = 0; i < 5; i++) controller.create("db-" + i);
        var seen = new ArrayList<String>();
        var token = "";
        do {
            var page = list(2, token);
            assertThat(page.getEntriesCount()).isBetween(1, 2);
            page.getEntriesList().forEach(each -> seen.add(each.getVolume().getVolumeId()));
            token = page.getNextToken();
        } while (!token.isEmpty());
        assertThat(seen).containsExactly("db-0", "db-1", "db-2", "db-3", "db-4");
        assertThat(statusOf(() -> list(0, "nonsense")).getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(statusOf(() -> list(-1, "")).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    /** Leaving it out, or naming nobody, would make the attacher believe that nobody has it. */
    @Test
    void aVolumeWhoseRecordCannotBeReadIsListedWithTheNodeThatTheClusterKnows() {
        var volume = controller.create("db-0");
        var context = controller.publish(volume, "a");
        cluster.attached(volume, "a", Objects.requireNonNull(context.get("claim")));
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("comment", "rc1:damaged")));
        var status = entry(volume).getStatus();
        assertThat(status.getPublishedNodeIdsList()).containsExactly("a");
        assertThat(status.getVolumeCondition().getAbnormal()).isTrue();
        assertThat(status.getVolumeCondition().getMessage()).contains("unreadable");
    }

    /** So the attacher publishes it again within a minute, and that switches it on. */
    @Test
    void aDoorThatSomebodyClosedByHandIsNotPublishedAndOpenedByThePublishThatFollows() throws Exception {
        var volume = controller.create("db-0");
        var context = controller.publish(volume, "a");
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("nvme-tcp-export", "no")));
        assertThat(entry(volume).getStatus().getPublishedNodeIdsList()).isEmpty();
        assertThat(entry(volume).getStatus().getVolumeCondition().getAbnormal()).isTrue();
        assertThat(controller.publish(volume, "a")).isEqualTo(context);
        assertThat(entry(volume).getStatus().getPublishedNodeIdsList()).containsExactly("a");
    }

    /** The attacher knows nodes by name: told that the name has it, it would ask for nothing, and the new machine would use a dead one's door. */
    @Test
    void aNodeThatCameBackAsAnotherMachineIsNotListedAndGetsANewDoor() throws Exception {
        var volume = controller.create("db-0");
        var context = controller.publish(volume, "a");
        var others = controller.create("db-1");
        controller.publish(others, "b");
        cluster.replaced("a");
        var status = entry(volume).getStatus();
        assertThat(status.getPublishedNodeIdsList()).isEmpty();
        assertThat(status.getVolumeCondition().getAbnormal()).isTrue();
        assertThat(status.getVolumeCondition().getMessage())
                .contains("another machine")
                .contains("a");
        assertThat(entry(others).getStatus().getPublishedNodeIdsList()).containsExactly("b");

        var anew = controller.publish(volume, "a");
        assertThat(anew.get("nvme_nqn")).isNotEqualTo(context.get("nvme_nqn"));
        assertThat(anew.get("host_nqn")).isNotEqualTo(context.get("host_nqn"));
        assertThat(world.exports()).hasSize(2).doesNotContain(Objects.requireNonNull(context.get("nvme_nqn")));
        assertThat(entry(volume).getStatus().getPublishedNodeIdsList()).containsExactly("a");
        assertThat(entry(volume).getStatus().getVolumeCondition().getAbnormal()).isFalse();
    }

    /** Left out, a volume would be attached anew each minute to a node that nobody could ask about. */
    @Test
    void aNodeThatIsGoneOrCouldNotBeAskedAboutStaysListed() {
        var volume = controller.create("db-0");
        controller.publish(volume, "a");
        cluster.silent("a");
        assertThat(entry(volume).getStatus().getPublishedNodeIdsList()).containsExactly("a");
        cluster.gone("a");
        assertThat(entry(volume).getStatus().getPublishedNodeIdsList()).containsExactly("a");
    }

    @Test
    void whatAListShowedIsTriedAtOnceAndNeverBelieved() throws Exception {
        var volume = controller.create("db-0");
        var later = world.controller(cluster);
        later.stub().listVolumes(ListVolumesRequest.getDefaultInstance());
        assertThat(world.commandsDuring(() -> later.publish(volume, "a"))).hasSize(1);
        controller.unpublish(volume, "a");
        later.stub().listVolumes(ListVolumesRequest.getDefaultInstance());
        controller.publish(volume, "a");
        assertThat(statusOf(() -> later.publish(volume, "b")).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void anotherClustersVolumesAreNotListed() throws Exception {
        var other = world.controller("other-cluster", 64, "x");
        other.create("theirs");
        controller.create("ours");
        assertThat(list(0, "").getEntriesList())
                .extracting(each -> each.getVolume().getVolumeId())
                .containsExactly("ours");
    }

    @Test
    void onlyAnUnansweredReadFailsTheCall() {
        controller.create("db-0");
        world.rds().onNext(line -> line.contains("^rc1:"), new Fault.ErrorWithStatusZero("failure: interrupted\n"));
        assertThat(statusOf(() -> list(0, "")).isOk()).isFalse();
        assertThat(list(0, "").getEntriesCount()).isEqualTo(1);
    }

    /** The attacher asks every minute: that is when a restored appliance is found out, before anybody attaches anything. */
    @Test
    void aRecordOlderThanTheClusterWasToldIsLockedWhenItIsListed() throws Exception {
        var volume = controller.create("db-0");
        controller.publish(volume, "a");
        var old = world.ledger(volume);
        var item = world.disk(volume).orElseThrow();
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
                        item.subsystem(),
                        "nvme-tcp-server-allow-host-name",
                        item.allowed())));
        int since = world.rds().commands().size();
        list(0, "");
        world.awaitCommand(since, ":k:w:");
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.LOCKED);
        assertThat(world.exports()).isEmpty();
    }
}
