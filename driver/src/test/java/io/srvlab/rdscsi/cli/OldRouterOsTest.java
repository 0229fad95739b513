package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Status;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A controller whose appliance runs a RouterOS that is too old, and is upgraded while it runs. */
class OldRouterOsTest {
    private static final String OLD = "7.20.8 (long-term)";
    private static final String NEW = "7.21.2 (stable)";

    @TempDir
    Path dir;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
        logged.start();
        logger().setLevel(Level.WARN);
        logger().setAdditive(false);
        logger().addAppender(logged);
    }

    @AfterEach
    void stop() throws Exception {
        logger().detachAppender(logged);
        logger().setAdditive(true);
        logger().setLevel(null);
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
            assertThat(List.copyOf(logged.list))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.startsWith("not ready: The appliance runs RouterOS " + OLD
                            + ", and this driver needs 7.21 or later."));
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

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ControllerServer.class);
    }
}
