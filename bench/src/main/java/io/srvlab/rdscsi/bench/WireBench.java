package io.srvlab.rdscsi.bench;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.Settings;
import io.srvlab.rdscsi.nvme.subsystem.Export;
import io.srvlab.rdscsi.nvme.subsystem.FileBacking;
import io.srvlab.rdscsi.nvme.subsystem.NvmeTarget;
import io.srvlab.rdscsi.nvme.subsystem.Traffic;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;

/**
 * The user-space host against the user-space target in one process over the loopback: how long a knock takes, a session from
 * connect over identify to its orderly end, and a read and a write of 4 KiB.
 *
 * <p>Argument: how many times.
 */
final class WireBench {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SUBSYSTEM = "nqn.2000-02.com.mikrotik:bench.1-x";
    private static final int WARM_UP = 200;

    private final InetSocketAddress at;
    private final Host host;
    private final int times;

    private WireBench(InetSocketAddress at, Host host, int times) {
        this.at = at;
        this.host = host;
        this.times = times;
    }

    public static void main(String[] arguments) throws Exception {
        var id = UUID.randomUUID();
        var host = new Host("nqn.2014-08.org.nvmexpress:uuid:" + id, id);
        var file = Files.createTempFile("bench", ".img");
        try (var target = NvmeTarget.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            grow(file);
            target.export(new Export(SUBSYSTEM, Set.of(host.nqn()), id, new FileBacking(file), new Traffic()));
            target.start();
            new WireBench(target.address(), host, Integer.parseInt(arguments[0])).run();
        } finally {
            Files.delete(file);
        }
    }

    private static void grow(Path file) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(64 << 20);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run() throws IOException {
        measure("knock", this::knock);
        measure("connect, identify, disconnect", () -> {
            try (var session = open()) {
                var _ = session.namespace(1, PATIENCE);
            }
        });
        try (var session = open()) {
            var disk = session.namespace(1, PATIENCE);
            var data = ByteBuffer.allocate(4096);
            measure("write 4 KiB, one at a time", () -> session.write(disk, 0, data, PATIENCE));
            measure("read 4 KiB, one at a time", () -> session.read(disk, 0, 4096, PATIENCE));
        }
    }

    private void knock() throws IOException {
        var knock = Knock.at(at, SUBSYSTEM, host, PATIENCE);
        if (!(knock instanceof Knock.Admitted)) throw new IOException(knock.toString());
    }

    private Session open() throws IOException {
        var connection = Connection.to(at, SUBSYSTEM, host, Settings.DEFAULT, PATIENCE);
        if (connection instanceof Connection.Open(var session)) return session;
        throw new IOException(connection.toString());
    }

    private void measure(String what, Work work) throws IOException {
        for (int i = 0; i < WARM_UP; i++) work.run();
        var nanos = new long[times];
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            work.run();
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%-30s p50 %7.3f ms   p95 %7.3f ms   %d runs%n",
                what, nanos[times / 2] / 1e6, nanos[times * 95 / 100] / 1e6, times);
    }
}
