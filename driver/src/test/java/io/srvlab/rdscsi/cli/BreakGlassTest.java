package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.Caller.SHARED_BLOCK;
import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator does by hand, with nothing but the appliance, beside a controller that runs. */
class BreakGlassTest {
    private World world;
    private String volume;

    @BeforeEach
    void startWithAVolumeHeldByA() throws Exception {
        world = World.start();
        volume = world.controller().create("db-0");
        world.controller().publish(volume, "a");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private record Said(int status, String out) {}

    private Said run(String... arguments) {
        var ssh = world.ssh();
        var line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of(
                "--appliance",
                "ssh://" + ssh.user() + "@" + ssh.host() + ":" + ssh.port(),
                "--identity",
                ssh.identity().toString(),
                "--host-key",
                ssh.hostKey()));
        var out = new StringWriter();
        int status = RdsCsi.run(line.toArray(String[]::new), new PrintWriter(out), new PrintWriter(out));
        return new Said(status, out.toString());
    }

    @Test
    void aCutVolumeIsClosedAtOnceAndTheControllerGoesOnFromThere() throws Exception {
        var said = run("volume", "cut", volume);
        assertThat(said.status()).as(said.out()).isZero();
        assertThat(said.out()).contains("held by a", "is now   cut, held by -, export off");
        assertThat(world.exports()).isEmpty();
        assertThat(statusOf(() -> world.controller().publish(volume, "b"))).isEqualTo(Status.OK);
    }

    @Test
    void aLockedVolumeLetsNobodyInUntilItIsUnlocked() throws Exception {
        assertThat(run("volume", "lock", volume).out()).contains("is now   locked");
        assertThat(world.exports()).isEmpty();
        var refused = statusOf(() -> world.controller().publish(volume, "a"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("rds-csi volume unlock " + volume);
        assertThat(statusOf(() -> world.controller().delete(volume)).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(run("volume", "unlock", volume).status()).isZero();
        assertThat(statusOf(() -> world.controller().publish(volume, "a"))).isEqualTo(Status.OK);
    }

    @Test
    void aDamagedRecordIsWrittenAnewAndWhoeverItLetInIsOut() throws Exception {
        var old = world.ledger(volume);
        var record = old.format(new VolumeId(volume));
        comment(record.substring(0, record.length() - 3));
        var said = run("volume", "repair", volume);
        assertThat(said.status()).as(said.out()).isZero();
        assertThat(world.exports()).isEmpty();
        var mended = world.ledger(volume);
        assertThat(mended.state()).isEqualTo(Ledger.State.CUT);
        assertThat(mended.cluster()).isEqualTo(old.cluster());
        assertThat(mended.spec()).isEqualTo(old.spec());
        assertThat(mended.claim().seq()).isGreaterThan(old.claim().seq());
        assertThat(statusOf(() -> world.controller().publish(volume, "b"))).isEqualTo(Status.OK);
    }

    @Test
    void aRecordThatSaysNothingIsMendedOnlyForANamedCluster() {
        comment("rc1:???");
        var refused = run("volume", "repair", volume);
        assertThat(refused.status()).isEqualTo(Precondition.EXIT_STATUS);
        assertThat(refused.out()).contains("--cluster-id");
        assertThat(run("volume", "repair", volume, "--cluster-id", World.CLUSTER)
                        .status())
                .isZero();
        assertThat(statusOf(() -> world.controller().publish(volume, "a"))).isEqualTo(Status.OK);
    }

    @Test
    void whatIsInOrderIsLeftAlone() {
        var before = world.disk(volume);
        assertThat(run("volume", "repair", volume).status()).isZero();
        assertThat(run("volume", "unlock", volume).status()).isZero();
        assertThat(world.disk(volume)).isEqualTo(before);
    }

    @Test
    void anItemOfSomebodyElseIsNotTouched() {
        comment("my own disk");
        var before = world.disk(volume);
        for (var verb : List.of("cut", "lock", "unlock", "repair")) {
            var said = run("volume", verb, volume);
            assertThat(said.status()).as(verb).isEqualTo(1);
            assertThat(said.out()).contains("not made by this driver");
        }
        assertThat(run("volume", "cut", "nothing-there").status()).isEqualTo(Precondition.EXIT_STATUS);
        assertThat(world.disk(volume)).isEqualTo(before);
    }

    @Test
    void aFencedNodeLosesAllItsVolumesAndNobodyElseLosesAny() throws Exception {
        var second = world.controller().create("db-1");
        world.controller().publish(second, "a");
        var another = world.controller().create("db-2");
        var kept = world.controller().publish(another, "b");
        var shared = world.controller().create("vm-0");
        world.controller().publish(shared, "a", SHARED_BLOCK);
        var staying = world.controller().publish(shared, "b", SHARED_BLOCK);
        var said = run("node", "fence", "a");
        assertThat(said.status()).as(said.out()).isZero();
        assertThat(said.out()).contains(volume, second, shared).doesNotContain(another);
        assertThat(world.exports()).containsExactlyInAnyOrder(kept.get("nvme_nqn"), staying.get("nvme_nqn"));
        assertThat(world.disk(shared).orElseThrow().allowed()).isEqualTo(staying.get("host_nqn"));
        assertThat(run("node", "fence", "a").out()).contains("holds no volume");
    }

    private void comment(String text) {
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("comment", text)));
    }
}
