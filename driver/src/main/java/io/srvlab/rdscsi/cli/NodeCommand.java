package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.metrics.MetricsServer;
import io.srvlab.rdscsi.node.LoopTransport;
import io.srvlab.rdscsi.node.NodeConfig;
import io.srvlab.rdscsi.node.NodeService;
import io.srvlab.rdscsi.node.NvmeTransport;
import io.srvlab.rdscsi.node.Preconditions;
import io.srvlab.rdscsi.node.Transport;
import io.srvlab.rdscsi.server.CsiServer;
import io.srvlab.rdscsi.server.IdentityService;
import io.srvlab.rdscsi.server.RpcListener;
import io.srvlab.rdscsi.volume.NodeName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "node",
        description = "Serves the CSI node: connects, formats and mounts volumes on this machine.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = FenceNodeCommand.class)
final class NodeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(NodeCommand.class);

    private static final Path USUAL_KUBELET_DIRECTORY = Path.of("/var/lib/kubelet");

    /** How a volume's export becomes a block device here. */
    enum TransportKind {
        NVME,
        LOOP
    }

    @Mixin
    ServerOptions server;

    @Option(
            names = "--node-id",
            required = true,
            paramLabel = "NAME",
            converter = Converters.ToNodeName.class,
            description = "This node's name in the cluster.")
    NodeName node;

    @Option(
            names = "--transport",
            paramLabel = "nvme|loop",
            defaultValue = "nvme",
            description =
                    "loop: for trying without NVMe, over files that the simulator exports (default: ${DEFAULT-VALUE}).")
    TransportKind transport;

    @Option(names = "--loop-dir", paramLabel = "DIR", description = "The simulator's exports, for --transport loop.")
    @Nullable
    Path loopDirectory;

    @Option(
            names = "--kubelet-dir",
            paramLabel = "DIR",
            description =
                    "Kubelet's directory, where it is not /var/lib/kubelet (k3s, MicroK8s). If given, nothing outside"
                            + " it is touched. A warning tells if pods would not see what is mounted below it.")
    @Nullable
    Path kubeletDirectory;

    @Option(
            names = "--max-volumes",
            paramLabel = "N",
            defaultValue = "64",
            description = "How many volumes may be attached here; 0: no limit (default: ${DEFAULT-VALUE}).")
    int volumesMax;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (volumesMax < 0) throw Usage.error(spec, "--max-volumes is negative");
        for (var complaint :
                Preconditions.OF_THE_SYSTEM.complaints(transport == TransportKind.NVME, kubeletDirectory())) {
            log.warn(complaint);
        }
        var shutdown = new Shutdown();
        // A node whose metrics nobody asked for has none: they are memory on every machine.
        var metrics = Optional.ofNullable(server.metrics).map(_ -> new Metrics(RdsCsi.Version.text()));
        var served = metrics.isEmpty() ? Optional.<MetricsServer>empty() : server.serve(metrics.get(), shutdown);
        // Beside the socket: the one directory that kubelet has this plugin keep on the host.
        var state = server.endpoint.path().resolveSibling(server.endpoint.path().getFileName() + ".staged");
        var service = shutdown.closing(new NodeService(
                new NodeConfig(node, volumesMax, state, Optional.ofNullable(kubeletDirectory)), open()));
        var identity = new IdentityService(server.driverName, RdsCsi.Version.text(), _ -> true);
        var csi = shutdown.closing(CsiServer.start(server.endpoint, List.of(identity, service), listener(metrics)));
        shutdown.serving();
        service.start();
        spec.commandLine().getOut().println(ServerOptions.ready(csi.endpoint(), served));
        csi.awaitEnd();
        return 0;
    }

    private static RpcListener listener(Optional<Metrics> metrics) {
        return metrics.isPresent() ? metrics.get()::rpcEnded : RpcListener.NONE;
    }

    private Path kubeletDirectory() {
        return kubeletDirectory == null ? USUAL_KUBELET_DIRECTORY : kubeletDirectory;
    }

    private Transport open() {
        return switch (transport) {
            case NVME -> new NvmeTransport(node);
            case LOOP -> {
                if (loopDirectory == null) throw Usage.error(spec, "--transport loop needs --loop-dir");
                yield new LoopTransport(node, loopDirectory);
            }
        };
    }
}
