package io.srvlab.rdscsi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A simulated appliance, in a process of its own. */
final class Rds implements AutoCloseable {
    private final Path state;
    private final Program program;

    /**
     * A new one.
     *
     * @param latency of each command line
     * @param disks that it has from the start; none of them is a volume of a controller
     */
    Rds(Path launcher, Path state, Duration latency, int disks) throws IOException {
        this.state = state;
        program = new Program(
                launcher,
                Path.of(state + ".log"),
                List.of(
                        "simulator",
                        "--state=" + state,
                        "--latency=" + latency.toMillis() + "ms",
                        "--volumes=" + disks,
                        "--nvme=127.0.0.1:0"));
    }

    /** How a controller is told to reach it. */
    List<String> options() {
        var nvme = program.ready("nvme");
        int colon = nvme.lastIndexOf(':');
        return List.of(
                "--appliance=" + address(),
                "--identity=" + identity(),
                "--host-key=" + hostKey(),
                "--base-path=" + program.ready("base-path"),
                "--nvme-address=" + nvme.substring(0, colon),
                "--nvme-port=" + nvme.substring(colon + 1));
    }

    String address() {
        return "ssh://" + program.ready("user") + "@" + program.ready("ssh");
    }

    Path identity() {
        return Path.of(program.ready("key"));
    }

    String hostKey() {
        return program.ready("host-key");
    }

    /** How many command lines it has run. */
    long commandLines() throws IOException {
        try (var lines = Files.lines(state.resolve("commands.log"))) {
            return lines.count();
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
