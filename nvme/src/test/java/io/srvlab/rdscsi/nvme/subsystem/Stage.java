package io.srvlab.rdscsi.nvme.subsystem;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.Settings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** A target on the loopback with files in a directory, and hosts that come to it. */
final class Stage implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(300);
    static final String DISK = "nqn.2000-02.com.mikrotik:disk.1-x";
    static final Host HOST = host();
    static final long BYTES = 16L << 20;

    final NvmeTarget target;
    final Traffic traffic = new Traffic();
    private final Path directory;

    Stage(Path directory) throws IOException {
        this.directory = directory;
        this.target = NvmeTarget.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        target.start();
    }

    static Host host() {
        var id = UUID.randomUUID();
        return new Host("nqn.2014-08.org.nvmexpress:uuid:" + id, id);
    }

    /** Its contents stay when it was there already; it grows if it is smaller. */
    Path file(long bytes) throws IOException {
        var path = directory.resolve("disk.img");
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            if (file.length() < bytes) file.setLength(bytes);
        }
        return path;
    }

    /** Exports the disk under this name to these hosts. */
    void export(String nqn, Set<String> hosts) throws IOException {
        export(nqn, hosts, new FileBacking(file(BYTES)));
    }

    void export(String nqn, Set<String> hosts, Backing backing) throws IOException {
        var id = UUID.nameUUIDFromBytes(directory.toString().getBytes(StandardCharsets.UTF_8));
        target.export(new Export(nqn, hosts, id, backing, traffic));
    }

    Session connect(String nqn, Host host) {
        return connect(nqn, host, Settings.DEFAULT);
    }

    Session connect(String nqn, Host host, Settings settings) {
        var connection = Connection.to(target.address(), nqn, host, settings, LONG);
        assertThat(connection).isInstanceOf(Connection.Open.class);
        return ((Connection.Open) connection).session();
    }

    Knock knock(String nqn, Host host) {
        return Knock.at(target.address(), nqn, host, LONG);
    }

    static ByteBuffer noise(long seed, int length) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
