package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.volume.Nqn;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cut is believed when the data path agrees: a real NVMe/TCP target is asked whether the host still gets in. */
class VerifiedFenceTest {
    private World world;
    private String volume;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
        volume = world.controller().create("db-0");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private World.Caller controller(DoorCheck check) throws Exception {
        var fencing = World.fencing(World.CLUSTER, Enforcement.ENFORCED, 64);
        var cluster = TestCluster.of("a", "b");
        cluster.notReady("a");
        return world.controller(Ssh.open(world.ssh()), cluster, check, fencing);
    }

    /** What the controller's own knocks saw. */
    private record Watched(DoorCheck real, List<DoorCheck.Seen> seen) implements DoorCheck {
        @Override
        public Seen knock(Nqn subsystem, Nqn host, Deadline deadline) {
            seen.add(real.knock(subsystem, host, deadline));
            return seen.getLast();
        }
    }

    private DoorCheck atTheDataPath() {
        var nvme = world.rds().nvmeAddress().orElseThrow();
        return new Knocking(new Portal(nvme.getHostString(), nvme.getPort()), Duration.ofSeconds(20));
    }

    @Test
    void theHostThatHoldsAVolumeIsLetInAndTheOneThatLostItIsRefused() throws Exception {
        var seen = new ArrayList<DoorCheck.Seen>();
        var check = new Watched(atTheDataPath(), seen);
        var controller = controller(check);
        Map<String, String> context = controller.publish(volume, "a");
        var name = new Nqn(Objects.requireNonNull(context.get("nvme_nqn")));
        var host = new Nqn(Objects.requireNonNull(context.get("host_nqn")));
        var deadline = Deadline.after(20, SECONDS);
        assertThat(check.knock(name, host, deadline)).isEqualTo(DoorCheck.Seen.OPEN);
        seen.clear();
        controller.unpublish(volume, "a");
        assertThat(seen).isNotEmpty().containsOnly(DoorCheck.Seen.SHUT);
    }

    /** An appliance that shows the export off and keeps the door open. */
    @Test
    void aDoorThatStillOpensIsNoCutHoweverOftenItIsAsked() throws Exception {
        var controller = controller((_, _, _) -> DoorCheck.Seen.OPEN);
        controller.publish(volume, "a");
        for (int call = 0; call < 2; call++) {
            var refused = statusOf(() -> controller.unpublish(volume, "a"));
            assertThat(refused.getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(refused.getDescription()).contains(volume, "still lets", "nqn.2014-08.org.nvmexpress:uuid:");
        }
        assertThat(statusOf(() -> controller.publish(volume, "b")).isOk())
                .as("nobody else is let in")
                .isFalse();
        assertThat(world.exports()).isEmpty();
    }

    /** No way to the data path from where the controller runs is the usual case, and no reason to keep a volume. */
    @Test
    void aDoorThatCannotBeReachedIsNotTakenForShutAndKeepsNobodyWaiting() throws Exception {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        var seen = new ArrayList<DoorCheck.Seen>();
        var controller =
                controller(new Watched(new Knocking(new Portal("127.0.0.1", closed), Knocking.PATIENCE), seen));
        controller.publish(volume, "a");
        controller.unpublish(volume, "a");
        assertThat(seen).isNotEmpty().containsOnly(DoorCheck.Seen.UNKNOWN);
        assertThat(statusOf(() -> controller.publish(volume, "b"))).isEqualTo(Status.OK);
    }
}
