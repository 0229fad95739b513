package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller whose appliance runs a RouterOS that is too old, and is upgraded while it runs. */
class OldRouterOsTest {
    private static final String OLD = "7.20.8 (long-term)";
    private static final String NEW = "7.21.2 (stable)";

    @TempDir
    Path dir;

    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        System.setErr(standardError);
        world.close();
    }

    @Test
    void oneTooOldMakesTheControllerNotReadyAndChangesNothingUntilItIsUpgraded() throws Exception {
        World.Caller controller;
        Simulator rds = Simulator.start(SimulatorConfig.in(dir).withVersion(OLD));
        var address = rds.sshAddress();
        try (rds) {
            var ssh = new SshConfig(
                    rds.user(), "127.0.0.1", address.getPort(), rds.clientKey(), rds.hostKeyFingerprint(), 4);
            controller = world.controller(ssh, World.CLUSTER, 64, "a");
            assertThat(ready(controller)).isFalse();
            assertThat(logged.toString(StandardCharsets.UTF_8))
                    .contains(
                            "not ready: The appliance runs RouterOS " + OLD + ", and this driver needs 7.21 or later.");
            var ended = statusOf(() -> controller.create("db-0"));
            assertThat(ended.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(ended.getDescription()).contains(OLD, "7.21", "/system/package/update/install");
            assertThat(rds.commands()).extracting(Exec::text).noneMatch(line -> line.contains("/disk/add"));
        }
        try (var _ = Simulator.start(SimulatorConfig.in(dir).withListen(address).withVersion(NEW))) {
            assertThat(ready(controller)).isTrue();
            var volume = controller.create("db-0");
            assertThat(controller.publish(volume, "a")).isNotEmpty();
        }
    }

    @Test
    void theControllerLooksOnceWhenItStartsAndAgainAtEveryProbe() {
        var volume = world.controller().create("db-0");
        world.controller().publish(volume, "a");
        world.controller().unpublish(volume, "a");
        assertThat(looks()).isEqualTo(1);
        assertThat(ready(world.controller())).isTrue();
        assertThat(looks()).isEqualTo(2);
    }

    private long looks() {
        return world.rds().commands().stream()
                .filter(exec -> exec.text().contains("/system/resource"))
                .count();
    }

    private static boolean ready(World.Caller caller) {
        return caller.identity()
                .probe(ProbeRequest.getDefaultInstance())
                .getReady()
                .getValue();
    }
}
