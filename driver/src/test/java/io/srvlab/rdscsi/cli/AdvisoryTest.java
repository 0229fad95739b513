package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.Ssh;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code --fencing=advisory}: the books are kept, and it is said that nothing more is. */
class AdvisoryTest {
    private World world;
    private TestCluster cluster;
    private String volume;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
        cluster = TestCluster.of("a", "b");
        volume = world.controller().create("db-0");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private World.Caller controller(Enforcement enforcement) throws Exception {
        return world.controller(
                new LockedDoors(Ssh.open(world.ssh())), cluster, World.fencing(World.CLUSTER, enforcement, 64));
    }

    @Test
    void anApplianceThatIgnoresListsServesInAdvisoryOnly() throws Exception {
        var strict = controller(Enforcement.ENFORCED);
        assertThat(statusOf(() -> strict.publish(volume, "a")).getCode()).isEqualTo(Status.Code.INTERNAL);
        strict.unpublish(volume, "a");
        var advisory = controller(Enforcement.ADVISORY);
        var context = advisory.publish(volume, "a");
        assertThat(world.ledger(volume).claim().toString()).isEqualTo(context.get("claim"));
        assertThat(advisory.publish(volume, "a")).isEqualTo(context);
    }

    @Test
    void theBooksStillKeepASecondNodeOut() throws Exception {
        var advisory = controller(Enforcement.ADVISORY);
        advisory.publish(volume, "a");
        cluster.wish(volume, "a", new Wish.Wanted());
        assertThat(statusOf(() -> advisory.publish(volume, "b")).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void unpublishAlwaysSucceedsAndSaysThatNothingIsEnforced() throws Exception {
        var advisory = controller(Enforcement.ADVISORY);
        advisory.publish(volume, "a");
        cluster.wish(volume, "a", new Wish.NotWanted());
        world.rds().close();
        assertThat(statusOf(() -> advisory.unpublish(volume, "a"))).isEqualTo(Status.OK);
        assertThat(cluster.reasons()).endsWith("FencingNotEnforced");
        assertThat(cluster.events().getLast().message()).contains("nothing keeps a second writer out");
    }

    /** An unpublish that was answered OK without having been recorded must not keep the next node out for ever. */
    @Test
    void aHolderThatTheClusterNoLongerWantsIsGoneInTheBooks() throws Exception {
        var advisory = controller(Enforcement.ADVISORY);
        advisory.publish(volume, "a");
        assertThat(statusOf(() -> advisory.publish(volume, "b"))).isEqualTo(Status.OK);
        assertThat(world.ledger(volume).holderNames()).isEqualTo("b");
    }

    /** The real way in to an appliance that takes neither list nor name nor export, whatever it is told. */
    private record LockedDoors(RouterOs real) implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            var reply = real.run(script, deadline);
            return reply instanceof Reply.Done(var lines)
                    ? new Reply.Done(lines.stream()
                            .map(line -> line.replaceAll(
                                    "\"nvme-tcp-server-allow-host-name\":\"[^\"]*\"",
                                    "\"nvme-tcp-server-allow-host-name\":\"\""))
                            .toList())
                    : reply;
        }

        @Override
        public RouterOs fencing() {
            return new LockedDoors(real.fencing());
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
