package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.simulator.Behaviour;
import io.srvlab.rdscsi.simulator.ControlPort;
import io.srvlab.rdscsi.simulator.Latency;
import io.srvlab.rdscsi.simulator.Nvme;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.device.PoolFilesystem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "simulator",
        description = "A ROSE Data Server to run against: answers over SSH like RouterOS, keeps disks and files.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SimulatorCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:0",
            converter = Converters.ToSocketAddress.class,
            description = "Where SSH listens; port 0 takes any free one (default: ${DEFAULT-VALUE}).")
    InetSocketAddress listen;

    @Option(
            names = "--state",
            required = true,
            paramLabel = "DIR",
            description = "Where disks, files and keys are kept; a restart goes on from there.")
    Path state;

    @Option(
            names = "--latency",
            paramLabel = "DURATION|published",
            defaultValue = "0s",
            converter = Converters.ToLatency.class,
            description =
                    "How long each command line takes (default: ${DEFAULT-VALUE}); published: as was published of an"
                            + " appliance, by command and size.")
    Latency latency;

    @Option(
            names = "--volumes",
            paramLabel = "N",
            defaultValue = "0",
            description = "Disk items that a new appliance has already (default: ${DEFAULT-VALUE}).")
    int volumes;

    @Option(
            names = "--pool",
            paramLabel = "btrfs|xfs",
            defaultValue = "btrfs",
            description = "What the pool is formatted with (default: ${DEFAULT-VALUE}).")
    PoolFilesystem pool;

    @Option(
            names = "--nvme",
            paramLabel = "HOST:PORT|kernel[@HOST:PORT]",
            converter = Converters.ToNvme.class,
            description = {
                "Where NVMe/TCP listens, for every exported disk; port 0 takes any free one. Without it, disks are on no"
                        + " network.",
                "kernel: the kernel's own target serves them (nvmet, set up in configfs as root), at 0.0.0.0:4420 if"
                        + " nothing else is said."
            })
    @Nullable
    Nvme nvme;

    @Option(
            names = "--faults",
            paramLabel = "FILE",
            description = "What goes wrong and how the appliance differs, from its start on: a rule a line.")
    @Nullable
    Path faults;

    @Option(
            names = "--control",
            paramLabel = "HOST:PORT",
            converter = Converters.ToSocketAddress.class,
            description = "Where tests break things over HTTP, of the loopback; no part of what is simulated.")
    @Nullable
    InetSocketAddress control;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var standard = SimulatorConfig.in(state);
        var config = standard.withListen(listen)
                .withLatency(latency)
                .withPool(pool, standard.poolBytes())
                .withPreVolumes(volumes);
        if (nvme != null) config = config.withNvme(nvme);
        if (faults != null) config = config.withBehaviour(behaviour(faults));
        var shutdown = new Shutdown();
        var simulator = shutdown.closing(Simulator.start(config));
        var ready = simulator.readyLine();
        if (control != null) {
            var port = shutdown.closing(ControlPort.start(simulator, control)).address();
            ready += " control=%s:%d".formatted(port.getHostString(), port.getPort());
        }
        shutdown.serving();
        spec.commandLine().getOut().println(ready);
        new CountDownLatch(1).await();
        return 0;
    }

    private Behaviour behaviour(Path file) throws IOException {
        try {
            return Behaviour.parse(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), file + ": " + e.getMessage(), e);
        }
    }
}
