package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.simulator.personality.Catalogue;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.CommentTruncated;
import io.srvlab.rdscsi.simulator.personality.Personality.CountersStuck;
import io.srvlab.rdscsi.simulator.personality.Personality.ExportOffKeepsSessions;
import io.srvlab.rdscsi.simulator.personality.Personality.FindThenSet;
import io.srvlab.rdscsi.simulator.personality.Personality.InFlightMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.ListIgnored;
import io.srvlab.rdscsi.simulator.personality.Personality.ListensEarly;
import io.srvlab.rdscsi.simulator.personality.Personality.NewNamespaceId;
import io.srvlab.rdscsi.simulator.personality.Personality.NqnFixed;
import io.srvlab.rdscsi.simulator.personality.Personality.OneNameOnly;
import io.srvlab.rdscsi.simulator.personality.Personality.PoolFull;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootLoses;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootTakes;
import io.srvlab.rdscsi.simulator.personality.Personality.ResizeNotAnnounced;
import io.srvlab.rdscsi.simulator.personality.Personality.RestCut;
import io.srvlab.rdscsi.simulator.personality.Personality.RoseStorageMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.SessionsHang;
import io.srvlab.rdscsi.simulator.personality.Personality.SizeRounded;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowCopy;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowStart;
import io.srvlab.rdscsi.simulator.personality.Personality.StatusZero;
import io.srvlab.rdscsi.simulator.personality.Place;
import io.srvlab.rdscsi.simulator.personality.When;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A volume's life on every appliance that the simulator can be: made, attached, taken over from a node that is gone, kept
 * through a reboot, detached, deleted. A call ends in what an operator and the data path then see, or in an error that says
 * what is wrong; and at no moment do two hosts get in.
 */
@Timeout(120)
@ParameterizedClass
@MethodSource("personalities")
class LifeOnEveryApplianceTest {
    private static final String NAME = "db-0";
    private static final long BYTES = (16 << 20) + 512;
    /** What passes by itself. */
    private static final Set<Code> AGAIN =
            Set.of(Code.UNAVAILABLE, Code.ABORTED, Code.INTERNAL, Code.DEADLINE_EXCEEDED);

    private final Personality personality;
    private final TestCluster cluster = TestCluster.of("a", "b");
    private World world;
    private World.Caller controller;
    private Map<String, String> doorOfA = Map.of();
    private Map<String, String> doorOfB = Map.of();

    LifeOnEveryApplianceTest(Personality personality) {
        this.personality = personality;
    }

    /** How far a life comes, and the code that ends it there. */
    private enum End {
        NOT_MADE,
        NOT_ATTACHED,
        /** After a reboot that forgot what had been answered, an operator may have to look first. */
        PERHAPS_NOT_AFTER_THE_REBOOT,
        DELETED;

        /** Of the call that it ends with; none if all calls come to be OK. */
        Set<Code> codes() {
            return switch (this) {
                case NOT_MADE -> Set.of(Code.RESOURCE_EXHAUSTED, Code.FAILED_PRECONDITION, Code.OUT_OF_RANGE);
                case NOT_ATTACHED -> Set.of(Code.INTERNAL);
                case PERHAPS_NOT_AFTER_THE_REBOOT -> Set.of(Code.FAILED_PRECONDITION, Code.INTERNAL, Code.ABORTED);
                case DELETED -> Set.of();
            };
        }
    }

    /** Without a default: a new personality does not compile until somebody has said what becomes of a volume there. */
    private static End end(Personality personality) {
        return switch (personality) {
            case PoolFull _, RoseStorageMissing _ -> End.NOT_MADE;
            // A record that is cut short is not ours, so the volume is not either.
            case CommentTruncated(int characters) -> characters < 100 ? End.NOT_MADE : End.DELETED;
            case SizeRounded(long _, boolean up) -> up ? End.DELETED : End.NOT_MADE;
            case NqnFixed _ -> End.NOT_ATTACHED;
            case RebootLoses _ -> End.PERHAPS_NOT_AFTER_THE_REBOOT;
            case ListIgnored _, OneNameOnly _, ExportOffKeepsSessions _, NewNamespaceId _, ListensEarly _ ->
                End.DELETED;
            case FindThenSet _, SessionsHang _, RestCut _, StatusZero _, SlowStart _, RebootTakes _ -> End.DELETED;
            case ResizeNotAnnounced _, InFlightMissing _, CountersStuck _, SlowCopy _ -> End.DELETED;
        };
    }

    static List<Personality> personalities() {
        return Catalogue.all();
    }

    @Test
    void aVolumesLifeIsWhatIsSaidOfIt() throws Exception {
        var end = end(personality);
        if (!ended(this::create, end == End.NOT_MADE ? end : End.DELETED)) return;
        if (!ended(() -> doorOfA = controller.publish(NAME, "a"), end == End.NOT_ATTACHED ? end : End.DELETED)) return;
        assertOpenTo(doorOfA);
        var before = world.disk(NAME);
        assertThat(statusOf(() -> controller.publish(NAME, "b")).getCode()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(world.disk(NAME)).isEqualTo(before);
        cluster.gone("a");
        ended(() -> doorOfB = controller.publish(NAME, "b"), End.DELETED);
        assertOpenTo(doorOfB);
        assertThat(letIn(doorOfA)).as("a lost it").isFalse();
        world.rds().reboot();
        assertNeverTwo();
        if (!ended(() -> doorOfB = controller.publish(NAME, "b"), end)) return;
        assertOpenTo(doorOfB);
        ended(() -> controller.unpublish(NAME, "b"), End.DELETED);
        assertThat(world.disk(NAME).orElseThrow().exported()).isFalse();
        assertThat(letIn(doorOfB)).isFalse();
        ended(() -> controller.delete(NAME), End.DELETED);
        assertThat(world.disk(NAME)).isEmpty();
        assertThat(world.printed(Command.count("/file", Filter.matches("name", NAME))))
                .containsExactly("0");
    }

    @BeforeEach
    void start() throws Exception {
        var overRest = personality instanceof RestCut;
        world = World.start(overRest ? World.Way.REST : World.Way.SSH);
        var data = world.rds().nvmeAddress().orElseThrow();
        controller = world.controller(
                world.wayIn(),
                cluster,
                new Knocking(new Portal(data.getHostString(), data.getPort()), Duration.ofSeconds(20)),
                World.fencing(World.CLUSTER, Enforcement.ENFORCED, 64));
        if (overRest) {
            // A change that takes longer than its request may, and lands after that.
            world.rds().become(new FindThenSet(Duration.ofMillis(200)));
            world.rds().become(personality, Place.line("/disk/set"), When.ALWAYS);
        } else {
            world.rds().become(personality);
        }
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private void create() {
        var request = World.Caller.creation(NAME);
        request.getCapacityRangeBuilder().setRequiredBytes(BYTES);
        assertThat(controller.stub().createVolume(request.build()).getVolume().getVolumeId())
                .isEqualTo(NAME);
        var disk = world.disk(NAME).orElseThrow();
        assertThat(disk.size().count()).isGreaterThanOrEqualTo(BYTES);
        assertThat(disk.exported()).isFalse();
    }

    /** Calls until it is OK, as a sidecar does: true. Or the call ends as {@code end} has it, each time: false. */
    private boolean ended(Runnable call, End end) throws Exception {
        var deadline = Deadline.after(20, SECONDS);
        Status status;
        do {
            status = statusOf(call);
            assertNeverTwo();
            if (!status.isOk()) assertThat(status.getDescription()).isNotBlank();
        } while (end.codes().isEmpty() && AGAIN.contains(status.getCode()) && !deadline.isExpired());
        if (end == End.PERHAPS_NOT_AFTER_THE_REBOOT && status.isOk()) return true;
        if (end.codes().isEmpty()) assertThat(status).isEqualTo(Status.OK);
        else assertThat(status.getCode()).as("%s", status).isIn(end.codes());
        return status.isOk();
    }

    /** As an operator reads it, and as the host finds it. */
    private void assertOpenTo(Map<String, String> door) throws Exception {
        var disk = world.disk(NAME).orElseThrow();
        assertThat(disk.exported()).isTrue();
        assertThat(disk.subsystem()).isEqualTo(door.get("nvme_nqn"));
        assertThat(disk.allowed()).isEqualTo(door.get("host_nqn"));
        // One that has just booted may listen before its subsystems are back, and refuses meanwhile.
        var deadline = Deadline.after(20, SECONDS);
        while (!letIn(door))
            assertThat(deadline.isExpired()).as("%s is let in", door).isFalse();
    }

    private void assertNeverTwo() throws Exception {
        assertThat(letIn(doorOfA) && letIn(doorOfB)).as("two hosts are let in").isFalse();
    }

    private boolean letIn(Map<String, String> door) throws Exception {
        if (door.isEmpty()) return false;
        var host = new Host(text(door, "host_nqn"), UUID.fromString(text(door, "host_id")));
        var data = world.rds().nvmeAddress().orElseThrow();
        var deadline = Deadline.after(20, SECONDS);
        while (true) {
            switch (Knock.at(data, text(door, "nvme_nqn"), host, Duration.ofSeconds(5))) {
                case Knock.Admitted _ -> {
                    return true;
                }
                case Knock.Refused _ -> {
                    return false;
                }
                case Knock.CouldNotKnock(var why) ->
                    assertThat(deadline.isExpired()).as(why).isFalse();
            }
        }
    }

    private static String text(Map<String, String> door, String name) {
        return Objects.requireNonNull(door.get(name));
    }
}
