package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc.ControllerBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.DeleteVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.personality.Personality;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An appliance that cannot be asked: every RPC says so by its deadline, and nothing is changed, then or later. */
class BadWayInTest {
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void anotherHostKeyThanThePinnedOneIsRefusedWithBothNamed() throws Exception {
        var good = world.ssh();
        var pinned = "SHA256:" + "A".repeat(43);
        var calls = controller(new SshConfig(good.user(), good.host(), good.port(), good.identity(), pinned, 4));
        everyRpcIsUnavailable(calls, 10_000, pinned, good.hostKey());
    }

    @Test
    void aKeyThatTheApplianceDoesNotKnowIsNamed() throws Exception {
        var other = World.start();
        var strange = Files.copy(other.rds().clientKey(), world.directory().resolve("strange_key"));
        other.close();
        var good = world.ssh();
        var calls = controller(new SshConfig(good.user(), good.host(), good.port(), strange, good.hostKey(), 4));
        everyRpcIsUnavailable(calls, 10_000, strange.toString());
    }

    @Test
    void aKeyFileThatIsNoKeyIsNamed() throws Exception {
        var rubbish = Files.writeString(world.directory().resolve("rubbish"), "not a key\n");
        var good = world.ssh();
        var calls = controller(new SshConfig(good.user(), good.host(), good.port(), rubbish, good.hostKey(), 4));
        everyRpcIsUnavailable(calls, 10_000, rubbish.toString());
    }

    @Test
    void aPortOnWhichNobodyListensIsNamed() throws Exception {
        int port = closedPort();
        everyRpcIsUnavailable(controller(to(port)), 10_000, "127.0.0.1:" + port);
    }

    @Test
    void anApplianceThatTakesTheConnectionAndSaysNothingIsGivenUpByTheDeadline() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            everyRpcIsUnavailable(controller(to(silent.getLocalPort())), 1_500, "127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void aCommandThatHangsIsGivenUpByTheDeadlineAndTheNextOneGoesThrough() {
        var volume = world.controller().create("db-0");
        world.rds().onNext(line -> line.contains("/disk/print"), new Fault.Stall(false));
        var call = world.controller().stub().withDeadlineAfter(3, SECONDS);
        var hung = statusOf(() -> call.controllerPublishVolume(
                World.Caller.publication(volume, "a").build()));
        assertThat(hung.getCode()).as(hung.getDescription()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(world.disk(volume).orElseThrow().exported()).isFalse();
        assertThat(statusOf(() -> world.controller().publish(volume, "a"))).isEqualTo(Status.OK);
    }

    @Test
    void aReadThatFailsChangesNothing() throws Exception {
        var volume = world.controller().create("db-0");
        var fresh = world.controller("a");
        for (var fault : List.of(
                new Fault.ErrorWithStatusZero("failure: something\n"),
                new Fault.ErrorWithStatusZero("[{\"slot\":\"db-0\"\n"))) {
            world.rds().onNext(line -> line.contains("/disk/print"), fault);
            var lines = world.commandsDuring(() -> {
                var ended = statusOf(() -> fresh.publish(volume, "a"));
                assertThat(ended.isOk()).as("%s: %s", fault, ended).isFalse();
                assertThat(ended.getCode()).isNotEqualTo(Status.Code.NOT_FOUND);
            });
            assertThat(lines).noneMatch(line -> line.contains("/set"));
        }
    }

    @Test
    void aReadThatIsLostIsAskedAgainAndOneThatIsAlwaysLostChangesNothing() throws Exception {
        var volume = world.controller().create("db-0");
        var fresh = world.controller("a"); // which has not seen the volume yet, and reads first
        for (int i = 0; i < 3; i++) {
            world.rds().onNext(line -> line.contains("/disk/print"), new Fault.DropBeforeApplying());
        }
        var lines = world.commandsDuring(() -> {
            var ended = statusOf(() -> fresh.publish(volume, "a"));
            assertThat(ended.getCode()).as(ended.toString()).isEqualTo(Status.Code.UNAVAILABLE);
        });
        assertThat(lines).hasSize(3).noneMatch(line -> line.contains("/set"));
        world.rds().onNext(line -> line.contains("/disk/print"), new Fault.DropAnswerAfterApplying());
        assertThat(statusOf(() -> fresh.publish(volume, "a"))).isEqualTo(Status.OK);
    }

    @Test
    void aPackageThatIsNotEnabledIsNamedWithTheLinesThatEnableIt() {
        world.rds().become(new Personality.RoseStorageMissing());
        var ended = statusOf(() -> world.controller().create("db-0"));
        assertThat(ended.getCode()).as(ended.toString()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(ended.getDescription())
                .contains("rose-storage is disabled", "/system/package/enable rose-storage", "apply-changes");
    }

    @Test
    void aPolicyThatIsMissingIsNamedWithTheLineThatGrantsIt() {
        world.rds().users().put(world.rds().user(), "", EnumSet.of(Policy.SSH, Policy.READ, Policy.TEST));
        var ended = statusOf(() -> world.controller().create("db-0"));
        assertThat(ended.getCode()).as(ended.toString()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(ended.getDescription())
                .contains("one of the policies read, write", "/user/group/set", "policy=ssh,read,write,test");
    }

    @Test
    void aRebootInTheMiddleOfAChangeIsSurvivedAndTheSlowFirstAnswerAfterItTooAndProbeSaysWhatIs() {
        var volume = world.controller().create("db-0");
        world.rds().become(new Personality.SlowStart(Duration.ofSeconds(6)));
        world.rds().onNext(line -> line.contains("/disk/set"), new Fault.Reboot(true));
        // Whoever called calls again, as a sidecar does; the 6 s are within one of these calls.
        var deadline = Deadline.after(40, SECONDS);
        Status ended;
        do {
            ended = statusOf(() -> world.controller().publish(volume, "a"));
        } while (ended.getCode() == Status.Code.UNAVAILABLE && !deadline.isExpired());
        assertThat(ended).isEqualTo(Status.OK);
        assertThat(world.controller()
                        .identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
        assertThat(world.disk(volume).orElseThrow().exported()).isTrue();
    }

    @Test
    void probeSaysNotReadyAndNoErrorWhileTheApplianceIsAway() throws Exception {
        var away = controller(to(closedPort()));
        assertThat(away.identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isFalse();
        assertThat(world.controller()
                        .identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
    }

    private static int closedPort() throws IOException {
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    private World.Caller controller(SshConfig ssh) throws Exception {
        return world.controller(ssh, World.CLUSTER, 64, "a");
    }

    private SshConfig to(int port) {
        Path identity = world.rds().clientKey();
        return new SshConfig("rds-csi", "127.0.0.1", port, identity, world.rds().hostKeyFingerprint(), 4);
    }

    /** Every RPC that asks the appliance ends with UNAVAILABLE before its deadline, and its message holds {@code words}. */
    private void everyRpcIsUnavailable(World.Caller caller, long deadlineMilliseconds, String... words) {
        var calls = List.<Consumer<ControllerBlockingStub>>of(
                stub -> assertThat(
                                stub.createVolume(World.Caller.creation("db-0").build()))
                        .isNull(),
                stub -> assertThat(stub.controllerPublishVolume(
                                World.Caller.publication("db-0", "a").build()))
                        .isNull(),
                stub -> assertThat(stub.deleteVolume(DeleteVolumeRequest.newBuilder()
                                .setVolumeId("db-0")
                                .build()))
                        .isNull(),
                stub -> assertThat(stub.controllerUnpublishVolume(ControllerUnpublishVolumeRequest.newBuilder()
                                .setVolumeId("db-0")
                                .setNodeId("a")
                                .build()))
                        .isNull());
        for (var call : calls) {
            var ended =
                    statusOf(() -> call.accept(caller.stub().withDeadlineAfter(deadlineMilliseconds, MILLISECONDS)));
            assertThat(ended.getCode()).as(ended.toString()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(ended.getDescription()).contains(words).contains("rds-csi@127.0.0.1:");
        }
        assertThat(world.commands()).isEmpty();
    }
}
