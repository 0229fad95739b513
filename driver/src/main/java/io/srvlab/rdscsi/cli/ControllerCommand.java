package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.fencing.Fencing;
import io.srvlab.rdscsi.metrics.InventoryPoller;
import io.srvlab.rdscsi.metrics.MeasuredRouterOs;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.probe.Report;
import io.srvlab.rdscsi.probe.ReportJson;
import io.srvlab.rdscsi.routeros.SharedReads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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
    /** On the command line in lower case. */
    enum Switch {
        ON,
        OFF
    }

    @Mixin
    ServerOptions server;

    @Mixin
    ApplianceOptions appliance;

    @Mixin
    ClusterOptions cluster;

    @Mixin
    StorageOptions storage;

    @Option(
            names = "--fencing",
            paramLabel = "enforced|advisory",
            defaultValue = "enforced",
            description =
                    "advisory: keep the books only, for an appliance whose exports and names do not behave; nothing"
                            + " then keeps a second writer out (default: ${DEFAULT-VALUE}).")
    Enforcement fencing;

    @Option(
            names = "--verify-fence",
            paramLabel = "on|off",
            defaultValue = "on",
            description =
                    "After a cut, knock at the old name over NVMe/TCP: who is still let in there is not cut (default:"
                            + " ${DEFAULT-VALUE}).")
    Switch verifyFence;

    @Option(
            names = "--probe-report",
            paramLabel = "FILE",
            description =
                    "What rds-csi probe --json has written of this appliance: fencing is claimed to be enforced only for"
                            + " what it shows, and only while the same RouterOS runs.")
    @Nullable
    Path probeReport;

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
        var portal = storage.portal();
        var shutdown = new Shutdown();
        var metrics = new Metrics.Controller(RdsCsi.Version.text());
        var served = server.serve(metrics, shutdown);
        var routerOs = new SharedReads(new MeasuredRouterOs(appliance.open(), metrics));
        var joined = cluster.join(server.driverName, shutdown);
        var config = new ControllerServer.Config(
                server.endpoint,
                server.driverName,
                joined.cluster(),
                verifyFence == Switch.ON ? new Knocking(portal, Knocking.PATIENCE) : DoorCheck.none(),
                new Fencing.Config(joined.id(), fencing, settle, maxVolumesPerNode),
                storage.basePath,
                portal,
                report());
        var controller = shutdown.closing(ControllerServer.start(config, routerOs, metrics));
        if (served.isPresent()) {
            shutdown.closing(InventoryPoller.start(
                    new Appliance(routerOs), joined.id(), storage.basePath, InventoryPoller.Rhythm.USUAL, metrics));
        }
        shutdown.serving();
        joined.onceServing().accept(metrics);
        spec.commandLine().getOut().println(ServerOptions.ready(controller.endpoint(), served));
        controller.awaitEnd();
        return 0;
    }

    private Optional<Report> report() throws Precondition {
        if (probeReport == null) return Optional.empty();
        try {
            return Optional.of(ReportJson.read(probeReport));
        } catch (IOException e) {
            throw new Precondition("The probe's report cannot be read: " + e.getMessage(), e);
        }
    }
}
