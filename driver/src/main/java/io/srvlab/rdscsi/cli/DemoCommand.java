package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Starts simulator, controller and two nodes and leads one volume through its whole life.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final List<String> NODES = List.of("node-a", "node-b");

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var out = spec.commandLine().getOut();
        var directory = Files.createTempDirectory("rds-csi-demo");
        var root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        if (!root) {
            out.println("Not root, so the nodes' half is left out: no loop device, no ext4, no file written and read."
                    + " The controller's half runs in full; run it as root to see all of it.");
        }
        try (var children = new Children(directory.resolve("log"))) {
            lead(out, children, directory, root ? NODES : List.of());
        } catch (Demo.StepFailed | IOException e) {
            out.println(e.getMessage());
            out.println("What each process logged is in " + directory.resolve("log"));
            return 1;
        }
        out.println(
                root
                        ? "Done: the same bytes on another node, one holder at a time, and nothing left on the appliance."
                        : "Done: one holder at a time, and nothing left on the appliance.");
        Directories.remove(directory);
        return 0;
    }

    private static void lead(PrintWriter out, Children children, Path directory, List<String> nodeNames)
            throws IOException, InterruptedException, Demo.StepFailed {
        var simulator = children.start(
                "simulator",
                List.of(
                        "simulator",
                        "--listen",
                        "127.0.0.1:0",
                        "--state",
                        directory.resolve("rds").toString()));
        var appliance = "ssh://" + Children.value(simulator, "user") + "@" + Children.value(simulator, "ssh");
        var controller = startController(children, directory, appliance, simulator);
        var nodes = new LinkedHashMap<String, CsiChannel>();
        for (var name : nodeNames) {
            nodes.put(name, startNode(children, directory, name, Children.value(simulator, "exports")));
        }
        var ssh = SshConfig.parse(
                appliance, Path.of(Children.value(simulator, "key")), Children.value(simulator, "host-key"));
        try (var routerOs = Ssh.open(ssh);
                controller) {
            var demo = new Demo(out, new Appliance(routerOs), controller, nodes, directory.resolve("mounts"));
            try {
                demo.run();
            } catch (Demo.StepFailed e) {
                demo.cleanUp();
                throw e;
            }
        } finally {
            nodes.values().forEach(CsiChannel::close);
        }
    }

    private static CsiChannel startController(
            Children children, Path directory, String appliance, Map<String, String> simulator)
            throws IOException, InterruptedException {
        return channel(children.start(
                "controller",
                List.of(
                        "controller",
                        "--endpoint",
                        socket(directory, "controller"),
                        "--appliance",
                        appliance,
                        "--identity",
                        Children.value(simulator, "key"),
                        "--host-key",
                        Children.value(simulator, "host-key"),
                        "--base-path",
                        Children.value(simulator, "base-path"),
                        "--nvme-address",
                        "127.0.0.1",
                        "--cluster",
                        "static",
                        "--nodes",
                        String.join(",", NODES),
                        "--settle",
                        "1s")));
    }

    private static CsiChannel startNode(Children children, Path directory, String name, String exports)
            throws IOException, InterruptedException {
        return channel(children.start(
                name,
                List.of(
                        "node",
                        "--endpoint",
                        socket(directory, name),
                        "--node-id",
                        name,
                        "--transport",
                        "loop",
                        "--loop-dir",
                        exports)));
    }

    private static String socket(Path directory, String name) {
        return "unix://" + directory.resolve(name + ".sock");
    }

    private static CsiChannel channel(Map<String, String> ready) {
        return new CsiChannel(Endpoint.parse(Children.value(ready, "endpoint")));
    }
}
