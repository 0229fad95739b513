package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.cluster.StaticCluster;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.metrics.InventoryPoller;
import io.srvlab.rdscsi.metrics.MeasuredRouterOs;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.volume.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "controller",
        description = "Serves the CSI controller: makes, deletes, attaches and detaches volumes.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ControllerCommand implements Callable<Integer> {
    /** Which cluster the controller works for. */
    enum ClusterKind {
        STATIC
    }

    @Mixin
    ServerOptions server;

    @Mixin
    ApplianceOptions appliance;

    @Option(
            names = "--base-path",
            required = true,
            paramLabel = "/POOL/DIR",
            converter = Converters.ToBasePath.class,
            description = "Directory on the appliance for the volumes' files; made if it is not there.")
    BasePath basePath;

    @Option(
            names = "--nvme-address",
            required = true,
            paramLabel = "ADDRESS",
            description = "Where nodes reach the appliance's NVMe/TCP exports.")
    String nvmeAddress;

    @Option(
            names = "--nvme-port",
            paramLabel = "PORT",
            defaultValue = "4420",
            description = "Its TCP port (default: ${DEFAULT-VALUE}).")
    int nvmePort;

    @Option(
            names = "--cluster",
            required = true,
            paramLabel = "static",
            description = "static: for trying without Kubernetes; the nodes of --nodes exist, all others are gone.")
    ClusterKind cluster;

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "NAME",
            converter = Converters.ToNodeName.class,
            description = "The nodes of a static cluster.")
    Set<NodeName> nodes = Set.of();

    @Option(
            names = "--cluster-id",
            paramLabel = "ID",
            converter = Converters.ToClusterId.class,
            description =
                    "What tells this cluster from others on the same appliance (default: made of this machine's name).")
    @Nullable
    ClusterId clusterId;

    @Option(
            names = "--settle",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = Converters.ToDuration.class,
            description = "How long what the appliance accepted before a cut may take to land, where it does not count"
                    + " operations in flight (default: ${DEFAULT-VALUE}).")
    Duration settle;

    @Option(
            names = "--max-volumes-per-node",
            paramLabel = "N",
            defaultValue = "64",
            description = "0: no limit (default: ${DEFAULT-VALUE}).")
    int maxVolumesPerNode;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (maxVolumesPerNode < 0) throw Usage.error(spec, "--max-volumes-per-node is negative");
        var config = new ControllerServer.Config(
                server.endpoint,
                server.driverName,
                new StaticCluster(nodes),
                clusterId == null ? ofThisMachine() : clusterId,
                basePath,
                portal(),
                settle,
                maxVolumesPerNode);
        var shutdown = new Shutdown();
        var metrics = new Metrics.Controller(RdsCsi.Version.text());
        var served = server.serve(metrics, shutdown);
        var routerOs = new MeasuredRouterOs(appliance.open(), metrics);
        var controller = shutdown.closing(ControllerServer.start(config, routerOs, metrics));
        if (served.isPresent()) {
            shutdown.closing(InventoryPoller.start(
                    new Appliance(routerOs), config.clusterId(), basePath, InventoryPoller.Rhythm.USUAL, metrics));
        }
        shutdown.serving();
        spec.commandLine().getOut().println(ServerOptions.ready(controller.endpoint(), served));
        controller.awaitEnd();
        return 0;
    }

    private Portal portal() {
        try {
            return new Portal(nvmeAddress, nvmePort);
        } catch (IllegalArgumentException e) {
            throw Usage.error(spec, "--nvme-address, --nvme-port: " + e.getMessage());
        }
    }

    /** Two people who try this driver on one appliance are two clusters, and neither takes over from the other. */
    private static ClusterId ofThisMachine() throws IOException {
        return new ClusterId("static-"
                + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    }
}
