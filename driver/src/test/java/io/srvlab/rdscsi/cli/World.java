package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.StaticCluster;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.fencing.Fencing;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.probe.Report;
import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc.ControllerBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.DeleteVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc.IdentityBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Fingerprint;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.Rest;
import io.srvlab.rdscsi.routeros.RestConfig;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A simulator, and controllers that reach it over real SSH or REST and are called over real unix sockets. {@link #controller} is
 * the usual one, for nodes a, b and c; others are started beside it or after it, as a new process would be.
 */
final class World implements AutoCloseable {
    static final String CLUSTER = "test-cluster";

    /** How the controllers and the operator reach the appliance. */
    enum Way {
        SSH,
        REST
    }

    private static final String PASSWORD = "a password that nobody else has";

    private final AtomicInteger waysIn = new AtomicInteger();
    private final Path passwordFile;
    private final Path directory;
    private final Way way;
    private final Simulator rds;
    private final Deque<Closeable> closers = new ArrayDeque<>();
    private final int own;
    private final Caller controller;
    private final RouterOs operator;

    private World(Path directory, Way way, Simulator rds) throws IOException {
        this.directory = directory;
        this.passwordFile = Files.writeString(directory.resolve("password"), PASSWORD + "\n");
        this.way = way;
        this.rds = rds;
        closers.push(rds::close);
        if (way == Way.REST) {
            rds.serveRest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofSeconds(60));
        }
        operator = wayIn();
        closers.push(operator::close);
        controller = controller("a", "b", "c");
        own = closers.size();
    }

    /** A new world in a directory of its own; sockets have short paths, so not in the test's. */
    static World start() throws IOException {
        return start(Way.SSH);
    }

    static World start(Way way) throws IOException {
        return start(way, true);
    }

    /** As {@link #start()}; without whole lines, others may come in between the {@code find} and the {@code set} of a command. */
    static World start(Way way, boolean wholeLines) throws IOException {
        var directory = Files.createTempDirectory("rds-world");
        var state = Files.createDirectories(directory.resolve("rds"));
        Keys.lend(state);
        var world = new World(
                directory,
                way,
                Simulator.start(SimulatorConfig.in(state)
                        .withWholeLines(wholeLines)
                        .withNvme(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
        Keys.keep(state);
        return world;
    }

    /** An RSA key takes longest of all to make, so one world's host key serves the next ones too; clients have their own. */
    private static final class Keys {
        private static final List<String> NAMES = List.of("host_key", "rest_certificate");
        private static final Map<String, byte[]> KEPT = new HashMap<>();

        static synchronized void lend(Path state) throws IOException {
            for (var each : KEPT.entrySet()) Files.write(state.resolve(each.getKey()), each.getValue());
        }

        static synchronized void keep(Path state) throws IOException {
            for (var name : NAMES) {
                if (Files.exists(state.resolve(name))) KEPT.put(name, Files.readAllBytes(state.resolve(name)));
            }
        }
    }

    Simulator rds() {
        return rds;
    }

    Caller controller() {
        return controller;
    }

    /** Another controller of the same cluster, for which these nodes exist. */
    Caller controller(String... nodes) throws IOException {
        return controller(CLUSTER, 64, nodes);
    }

    Caller controller(String cluster, int maxVolumesPerNode, String... nodes) throws IOException {
        return controller(wayIn(), cluster, maxVolumesPerNode, nodes);
    }

    Caller controller(SshConfig ssh, String cluster, int maxVolumesPerNode, String... nodes) throws IOException {
        return controller(Ssh.open(ssh), cluster, maxVolumesPerNode, nodes);
    }

    Caller controller(RouterOs wayIn, String cluster, int maxVolumesPerNode, String... nodes) throws IOException {
        var named = new StaticCluster(Arrays.stream(nodes).map(NodeName::new).collect(Collectors.toSet()));
        return controller(wayIn, named, fencing(cluster, Enforcement.ENFORCED, maxVolumesPerNode));
    }

    /** Another controller of the same cluster, which is what the test makes it. */
    Caller controller(Cluster cluster) throws IOException {
        return controller(wayIn(), cluster, fencing(CLUSTER, Enforcement.ENFORCED, 64));
    }

    static Fencing.Config fencing(String cluster, Enforcement enforcement, int maxVolumesPerNode) {
        return new Fencing.Config(new ClusterId(cluster), enforcement, Duration.ofMillis(300), maxVolumesPerNode);
    }

    Caller controller(RouterOs wayIn, Cluster cluster, Fencing.Config fencing) throws IOException {
        return controller(wayIn, cluster, DoorCheck.none(), fencing);
    }

    Caller controller(RouterOs wayIn, Cluster cluster, DoorCheck doorCheck, Fencing.Config fencing) throws IOException {
        return controller(wayIn, cluster, doorCheck, fencing, Optional.empty(), new Metrics.Controller("test"));
    }

    /** One that was given a probe's report. */
    Caller controller(
            RouterOs wayIn,
            Cluster cluster,
            DoorCheck doorCheck,
            Fencing.Config fencing,
            Optional<Report> report,
            Metrics.Controller metrics)
            throws IOException {
        var socket = Files.createTempDirectory(directory, "c").resolve("s");
        var config = new ControllerServer.Config(
                Endpoint.parse("unix://" + socket),
                "rds.csi.srvlab.io",
                cluster,
                doorCheck,
                fencing,
                new BasePath(rds.basePath()),
                new Portal("192.0.2.1", 4420),
                report);
        var server = ControllerServer.start(config, wayIn, metrics);
        closers.push(server::close);
        var channel = new CsiChannel(server.endpoint());
        closers.push(channel::close);
        return new Caller(channel);
    }

    /** A way in of its own, as a process has it. */
    RouterOs wayIn() {
        return switch (way) {
            case SSH -> Ssh.open(ssh());
            case REST -> {
                var front = rds.rest().orElseThrow();
                yield Rest.open(new RestConfig(
                        usersOfItsOwn(),
                        front.address().getHostString(),
                        front.address().getPort(),
                        passwordFile,
                        Fingerprint.parse(front.fingerprint())));
            }
        };
    }

    /** A user has one request answered at a time, whichever process asks. */
    private List<String> usersOfItsOwn() {
        var own = rds.restUsers().stream()
                .map(user -> user + "-of-" + waysIn.incrementAndGet())
                .toList();
        for (var user : own) rds.users().put(user, PASSWORD, EnumSet.allOf(Policy.class));
        return own;
    }

    SshConfig ssh() {
        return new SshConfig(
                rds.user(),
                rds.sshAddress().getHostString(),
                rds.sshAddress().getPort(),
                rds.clientKey(),
                rds.hostKeyFingerprint(),
                4);
    }

    Path directory() {
        return directory;
    }

    /** The item as the appliance shows it to an operator. */
    Optional<Disk> disk(String volume) {
        return new Appliance(operator).disk(new VolumeId(volume), Deadline.after(20, SECONDS));
    }

    Ledger ledger(String volume) {
        return switch (disk(volume).orElseThrow().comment()) {
            case Comment.Recorded(var _, var ledger) -> ledger;
            case Comment other -> throw new AssertionError("no record: " + other);
        };
    }

    /** What an operator does to the appliance by hand. */
    void byHand(Command... commands) {
        var _ = printed(commands);
    }

    /** What commands print that an operator types. */
    List<String> printed(Command... commands) {
        return switch (operator.run(Script.of(commands), Deadline.after(20, SECONDS))) {
            case Reply.Done(var lines) -> lines;
            case Reply other -> throw new AssertionError(other);
        };
    }

    /** The command lines that the appliance received while {@code action} ran. */
    List<String> commandsDuring(Runnable action) {
        int before = commands().size();
        action.run();
        return commands().stream().skip(before).toList();
    }

    /** The command lines received so far, but for the question for its version, which a controller asks when it starts. */
    List<String> commands() {
        return rds.commands().stream()
                .map(Exec::text)
                .filter(line -> !line.contains("/system/resource/get version"))
                .toList();
    }

    /** Waits until the appliance has run a command line that holds {@code part}, counted from the line {@code since}. */
    void awaitCommand(int since, String part) {
        var deadline = Deadline.after(20, SECONDS);
        while (rds.commands().stream().skip(since).noneMatch(exec -> exec.text().contains(part))) {
            if (deadline.isExpired()) throw new AssertionError("no command line with " + part);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The NQNs under which something is exported, from the simulator's own links. */
    List<String> exports() throws IOException {
        try (var links = Files.list(rds.exports())) {
            return links.map(link -> link.getFileName().toString()).sorted().toList();
        }
    }

    /** Ends all controllers but {@link #controller()}, and their connections with them: an appliance bears only so many. */
    void endOtherControllers() throws IOException {
        while (closers.size() > own) closers.pop().close();
    }

    @Override
    public void close() throws IOException {
        while (!closers.isEmpty()) closers.pop().close();
        Directories.remove(directory);
    }

    /** A CSI client of one controller. */
    record Caller(CsiChannel channel) {
        static final VolumeCapability MOUNT = VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
                .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.SINGLE_NODE_WRITER))
                .build();

        /** As KubeVirt asks for a virtual machine's disk that can be migrated. */
        static final VolumeCapability SHARED_BLOCK = VolumeCapability.newBuilder()
                .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
                .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.MULTI_NODE_MULTI_WRITER))
                .build();

        ControllerBlockingStub stub() {
            return ControllerGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(30, SECONDS);
        }

        IdentityBlockingStub identity() {
            return IdentityGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(30, SECONDS);
        }

        /** Creates a volume of 16 MiB and gives its id. */
        String create(String name) {
            return stub().createVolume(creation(name).build()).getVolume().getVolumeId();
        }

        static CreateVolumeRequest.Builder creation(String name) {
            return CreateVolumeRequest.newBuilder()
                    .setName(name)
                    .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(16L << 20))
                    .addVolumeCapabilities(MOUNT);
        }

        Map<String, String> publish(String volume, String node) {
            return publish(volume, node, MOUNT);
        }

        Map<String, String> publish(String volume, String node, VolumeCapability how) {
            return stub().controllerPublishVolume(
                            publication(volume, node).setVolumeCapability(how).build())
                    .getPublishContextMap();
        }

        static ControllerPublishVolumeRequest.Builder publication(String volume, String node) {
            return ControllerPublishVolumeRequest.newBuilder()
                    .setVolumeId(volume)
                    .setNodeId(node)
                    .setVolumeCapability(MOUNT);
        }

        void unpublish(String volume, String node) {
            var _ = stub().controllerUnpublishVolume(ControllerUnpublishVolumeRequest.newBuilder()
                    .setVolumeId(volume)
                    .setNodeId(node)
                    .build());
        }

        void delete(String volume) {
            var _ = stub().deleteVolume(
                            DeleteVolumeRequest.newBuilder().setVolumeId(volume).build());
        }
    }

    /** The status that {@code call} ends with. */
    static Status statusOf(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
        return Status.OK;
    }
}
