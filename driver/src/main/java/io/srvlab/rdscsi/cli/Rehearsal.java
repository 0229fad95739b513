package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.cluster.StaticCluster;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.fencing.Fencing;
import io.srvlab.rdscsi.metrics.InventoryPoller;
import io.srvlab.rdscsi.metrics.InventoryPoller.Rhythm;
import io.srvlab.rdscsi.metrics.MeasuredRouterOs;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.metrics.MetricsServer;
import io.srvlab.rdscsi.node.LoopTransport;
import io.srvlab.rdscsi.node.NodeConfig;
import io.srvlab.rdscsi.node.NodeService;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetCapabilitiesRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetInfoRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.CsiServer;
import io.srvlab.rdscsi.server.Endpoint;
import io.srvlab.rdscsi.volume.NodeName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Goes once through what a controller and a node do until their first answers, so that the JVM can keep the classes that
 * this needs in an AOT cache ({@code -XX:AOTCacheOutput}). Run by the launcher after the build; no command for people.
 */
final class Rehearsal {
    private static final NodeName NODE = new NodeName("rehearsal");

    private Rehearsal() {}

    /**
     * With the argument {@code node}, only what the command {@code node} needs: a cache of its own takes less memory. With
     * {@code ask ENDPOINT}, the node's first caller.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2 && arguments[0].equals("ask")) {
            ask(Endpoint.parse(arguments[1]));
            return;
        }
        var directory = Files.createTempDirectory("rds-csi-rehearsal");
        if (List.of(arguments).equals(List.of("node"))) serve(directory);
        else both(directory);
        Directories.remove(directory);
        System.exit(0);
    }

    private static void both(Path directory) throws Exception {
        var nowhere = new PrintWriter(Writer.nullWriter());
        for (var command : List.of("controller", "node")) {
            var _ = RdsCsi.run(new String[] {command, "--help"}, nowhere, nowhere);
        }
        // The simulator runs in a process of its own: its classes have no place in a driver's cache.
        try (var children = new Children(directory.resolve("log"))) {
            var simulator = children.start(
                    "simulator",
                    List.of("simulator", "--state", directory.resolve("rds").toString()));
            controller(directory, simulator);
            node(directory, simulator);
        }
    }

    /** The command itself, until it has answered its first caller: in another process, whose classes stay out of the cache. */
    private static void serve(Path directory) throws IOException, InterruptedException {
        var ready = new PipedReader();
        var out = new PrintWriter(new PipedWriter(ready), true);
        var command = new String[] {
            "node",
            "--endpoint",
            endpoint(directory, "node").toString(),
            "--node-id",
            NODE.text(),
            "--transport",
            "loop",
            "--loop-dir",
            directory.toString()
        };
        Thread.ofPlatform().daemon().start(() -> RdsCsi.run(command, out, new PrintWriter(Writer.nullWriter())));
        var _ = new BufferedReader(ready).readLine();
        var caller = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Rehearsal.class.getName(),
                        "ask",
                        endpoint(directory, "node").toString())
                .inheritIO()
                .start();
        if (caller.waitFor() != 0) throw new IOException("the node's first caller failed");
    }

    /** What kubelet and its helpers ask when a node plugin has come up. */
    private static void ask(Endpoint endpoint) {
        try (var channel = new CsiChannel(endpoint)) {
            probe(channel);
            var node = NodeGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(10, SECONDS);
            var _ = node.nodeGetInfo(NodeGetInfoRequest.getDefaultInstance());
            var _ = node.nodeGetCapabilities(NodeGetCapabilitiesRequest.getDefaultInstance());
        }
    }

    private static void controller(Path directory, Map<String, String> simulator) throws IOException, Demo.StepFailed {
        var ssh = SshConfig.parse(
                "ssh://" + Children.value(simulator, "user") + "@" + Children.value(simulator, "ssh"),
                Path.of(Children.value(simulator, "key")),
                Children.value(simulator, "host-key"));
        var config = new ControllerServer.Config(
                endpoint(directory, "controller"),
                "rds.csi.srvlab.io",
                new StaticCluster(Set.of(new NodeName("node-a"), new NodeName("node-b"))),
                DoorCheck.none(),
                new Fencing.Config(new ClusterId("rehearsal"), Enforcement.ENFORCED, Duration.ZERO, 1),
                new BasePath(Children.value(simulator, "base-path")),
                new Portal("127.0.0.1", 4420),
                Optional.empty());
        var metrics = new Metrics.Controller("rehearsal");
        try (var served = MetricsServer.start(new Converters.ToSocketAddress().convert("127.0.0.1:0"), metrics);
                var server = ControllerServer.start(config, new MeasuredRouterOs(Ssh.open(ssh), metrics), metrics);
                var channel = new CsiChannel(server.endpoint());
                var routerOs = Ssh.open(ssh);
                var _ = InventoryPoller.start(
                        new Appliance(routerOs),
                        config.fencing().clusterId(),
                        config.basePath(),
                        Rhythm.USUAL,
                        metrics)) {
            probe(channel);
            new Demo(new PrintWriter(Writer.nullWriter()), new Appliance(routerOs), channel, Map.of(), directory).run();
            scrape(served);
        }
    }

    /** Without an HTTP client, which a driver does not need for this. */
    private static void scrape(MetricsServer served) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new Converters.ToSocketAddress().convert(served.address()), 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var _ = socket.getInputStream().readAllBytes();
        }
    }

    private static void node(Path directory, Map<String, String> simulator) throws IOException {
        var exports = Path.of(Children.value(simulator, "exports"));
        var service = new NodeService(
                new NodeConfig(NODE, 1, directory.resolve("staged"), Optional.empty()),
                new LoopTransport(NODE, exports));
        var metrics = new Metrics("rehearsal");
        try (var server = CsiServer.start(endpoint(directory, "node"), List.of(service), metrics::rpcEnded);
                var channel = new CsiChannel(server.endpoint())) {
            var _ = NodeGrpc.newBlockingStub(channel.channel())
                    .withDeadlineAfter(10, SECONDS)
                    .nodeGetInfo(NodeGetInfoRequest.getDefaultInstance());
        }
    }

    private static void probe(CsiChannel channel) {
        var _ = IdentityGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(10, SECONDS)
                .probe(ProbeRequest.getDefaultInstance());
    }

    private static Endpoint endpoint(Path directory, String name) {
        return new Endpoint(directory.resolve(name + ".sock"));
    }
}
