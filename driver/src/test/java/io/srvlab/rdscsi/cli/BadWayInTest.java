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
import io.srvlab.rdscsi.routeros.Fingerprint;
import io.srvlab.rdscsi.routeros.Rest;
import io.srvlab.rdscsi.routeros.RestConfig;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.personality.Personality;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An appliance that cannot be asked, over either way in: every RPC says so by its deadline, and nothing is changed, then or later. */
@ParameterizedClass
@EnumSource(World.Way.class)
class BadWayInTest {
    private final World.Way way;
    private final List<String> said = new ArrayList<>();
    private World world;

    BadWayInTest(World.Way way) {
        this.way = way;
    }

    @BeforeEach
    void start() throws Exception {
        world = World.start(way);
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void anotherApplianceThanThePinnedOneIsRefusedWithBothNamed() throws Exception {
        var rds = world.rds();
        switch (way) {
            case SSH -> {
                var pinned = "SHA256:" + "A".repeat(43);
                var other = new SshConfig(rds.user(), "127.0.0.1", port(rds), rds.clientKey(), pinned, 4);
                everyRpcIsUnavailable(controller(Ssh.open(other)), 10_000, pinned, rds.hostKeyFingerprint());
            }
            case REST -> {
                var pinned = "ab".repeat(32);
                var other = rest(rds.restUsers(), port(rds), rds.passwordFile(), pinned);
                var shown = rds.rest().orElseThrow().fingerprint();
                everyRpcIsUnavailable(controller(other), 10_000, pinned, shown);
            }
        }
    }

    @Test
    void credentialsThatTheApplianceDoesNotKnowAreNamed() throws Exception {
        var strange = world.directory().resolve("strange");
        switch (way) {
            case SSH -> {
                try (var other = World.start()) {
                    Files.copy(other.rds().clientKey(), strange);
                }
            }
            case REST -> Files.writeString(strange, "a-password-of-nobody\n");
        }
        everyRpcIsUnavailable(controller(with(strange)), 10_000, strange.toString(), "refused");
        assertThat(said).isNotEmpty().noneMatch(text -> text.contains("a-password-of-nobody"));
    }

    @Test
    void credentialsThatAreNoneAreNamed() throws Exception {
        var rubbish = Files.writeString(world.directory().resolve("rubbish"), "not a key\nnor a password\n");
        everyRpcIsUnavailable(controller(with(rubbish)), 10_000, rubbish.toString());
        var missing = world.directory().resolve("missing");
        everyRpcIsUnavailable(controller(with(missing)), 10_000, missing.toString());
    }

    @Test
    void aUserWhoMayNotComeInThisWayIsNamed() throws Exception {
        var rds = world.rds();
        var neither = EnumSet.of(Policy.READ, Policy.WRITE, Policy.TEST);
        switch (way) {
            case SSH -> {
                rds.users().put(rds.user(), "", neither);
                everyRpcIsUnavailable(
                        controller(to(port(rds))),
                        10_000,
                        "refused",
                        rds.clientKey().toString());
            }
            case REST -> {
                var password = Files.readString(rds.passwordFile()).strip();
                for (var user : rds.restUsers()) rds.users().put(user, password, neither);
                everyRpcIsUnavailable(
                        controller(to(port(rds))),
                        10_000,
                        "lacks the policy rest-api",
                        "/user/group/set",
                        "policy=rest-api,api,read,write,test");
            }
        }
    }

    @Test
    void aRouterOsThatIsTooOldIsNamedWithTheVersionThatIsNeeded() throws Exception {
        var state = Files.createDirectories(world.directory().resolve("old"));
        try (var old = Simulator.start(SimulatorConfig.in(state).withVersion("7.20.8 (long-term)"))) {
            old.serveRest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofSeconds(60));
            var caller = controller(
                    switch (way) {
                        case SSH ->
                            Ssh.open(new SshConfig(
                                    old.user(), "127.0.0.1", port(old), old.clientKey(), old.hostKeyFingerprint(), 4));
                        case REST ->
                            rest(
                                    old.restUsers(),
                                    port(old),
                                    old.passwordFile(),
                                    old.rest().orElseThrow().fingerprint());
                    });
            var ended = statusOf(() -> caller.create("db-0"));
            assertThat(ended.getCode()).as(ended.toString()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(ended.getDescription()).contains("7.20.8", "7.21", "/system/package/update/install");
            assertThat(old.commands()).extracting(Exec::text).noneMatch(line -> line.contains("/disk/add"));
            world.endOtherControllers();
        }
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

    /** Whatever listens there, it speaks something else. */
    @Test
    void aPortThatSpeaksTheOthersProtocolIsNamed() throws Exception {
        var greeting = way == World.Way.REST ? "SSH-2.0-ROSSSH\r\n" : "HTTP/1.0 400 Bad Request\r\n\r\n";
        try (var talker = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> greetAll(talker, greeting));
            everyRpcIsUnavailable(controller(to(talker.getLocalPort())), 10_000, "127.0.0.1:" + talker.getLocalPort());
        }
    }

    private static void greetAll(ServerSocket talker, String greeting) {
        while (true) {
            try (var client = talker.accept()) {
                client.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                var _ = client.getInputStream().read();
            } catch (IOException e) {
                if (talker.isClosed()) return;
            }
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
    void aPolicyThatIsMissingIsNamedWithTheLineThatGrantsIt() throws Exception {
        var rds = world.rds();
        var password =
                way == World.Way.REST ? Files.readString(rds.passwordFile()).strip() : "";
        var users = way == World.Way.REST ? rds.restUsers() : List.of(rds.user());
        var reading = EnumSet.of(Policy.SSH, Policy.REST_API, Policy.API, Policy.READ, Policy.TEST);
        for (var user : users) rds.users().put(user, password, reading);
        var ended = statusOf(() -> controller(to(port(rds))).create("db-0"));
        assertThat(ended.getCode()).as(ended.toString()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(ended.getDescription())
                .contains(
                        "one of the policies read, write",
                        "/user/group/set",
                        way == World.Way.REST ? "policy=rest-api,api,read,write,test" : "policy=ssh,read,write,test");
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

    private World.Caller controller(RouterOs wayIn) {
        try {
            return world.controller(wayIn, World.CLUSTER, 64, "a");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int port(Simulator rds) {
        return way == World.Way.SSH
                ? rds.sshAddress().getPort()
                : rds.rest().orElseThrow().address().getPort();
    }

    /** To whatever is there, with the right credentials, and with the appliance pinned. */
    private RouterOs to(int port) {
        var credentials =
                way == World.Way.SSH ? world.rds().clientKey() : world.rds().passwordFile();
        return open(port, credentials);
    }

    private RouterOs with(Path credentials) {
        return open(port(world.rds()), credentials);
    }

    private RouterOs open(int port, Path credentials) {
        var rds = world.rds();
        return switch (way) {
            case SSH ->
                Ssh.open(new SshConfig(rds.user(), "127.0.0.1", port, credentials, rds.hostKeyFingerprint(), 4));
            case REST ->
                rest(
                        rds.restUsers(),
                        port,
                        credentials,
                        rds.rest().orElseThrow().fingerprint());
        };
    }

    private static RouterOs rest(List<String> users, int port, Path passwords, String fingerprint) {
        return Rest.open(new RestConfig(users, "127.0.0.1", port, passwords, Fingerprint.parse(fingerprint)));
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
            assertThat(ended.getDescription()).contains(words).contains("@127.0.0.1:");
            said.add(String.valueOf(ended.getDescription()));
        }
        assertThat(world.commands()).isEmpty();
    }
}
