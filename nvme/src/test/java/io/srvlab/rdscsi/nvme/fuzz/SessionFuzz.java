package io.srvlab.rdscsi.nvme.fuzz;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Namespace;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.Settings;
import io.srvlab.rdscsi.nvme.subsystem.Export;
import io.srvlab.rdscsi.nvme.subsystem.FileBacking;
import io.srvlab.rdscsi.nvme.subsystem.NvmeTarget;
import io.srvlab.rdscsi.nvme.subsystem.Traffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/**
 * Our host and our target talk, and somebody spoils what one of them says, anywhere from the first byte on. The host says what
 * came of it within its time, in its own errors; the target hangs up or goes on, and serves everybody else.
 */
public final class SessionFuzz implements AutoCloseable {
    private static final String DISK = "nqn.2000-02.com.mikrotik:fuzz.1-x";
    private static final UUID ID = UUID.fromString("6f1a7b0e-3f0c-4f5e-9a52-0c9b6a1f7d11");
    private static final Host HOST = new Host("nqn.2014-08.org.nvmexpress:uuid:" + ID, ID);
    private static final Duration WAIT = Duration.ofMillis(150);
    private static final Duration AT_MOST = Duration.ofSeconds(30);
    private static final int DATA_BYTES = 32 << 10;

    private final NvmeTarget target;

    /** With a target whose only disk is this file. */
    public SessionFuzz(Path file) throws IOException {
        target = NvmeTarget.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        target.export(new Export(DISK, Set.of(HOST.nqn()), ID, new FileBacking(file), new Traffic()));
        target.start();
    }

    /** The same with a target of its own, for a run that is guided. */
    public static void fuzzerTestOneInput(byte[] input) {
        Guided.SESSION.fuzz(input);
    }

    private static final class Guided {
        static final SessionFuzz SESSION = open();

        private static SessionFuzz open() {
            try {
                var disk = Files.createTempFile("fuzz", ".img");
                Files.write(disk, new byte[1 << 20]);
                disk.toFile().deleteOnExit();
                return new SessionFuzz(disk);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The first byte says whose bytes are spoilt; the rest how, see {@link Spoiler}. */
    public void fuzz(byte[] input) {
        if (input.length < 2) return;
        long began = System.nanoTime();
        try (var relay = new Relay(target.address(), new Spoiler(input, 1), (input[0] & 1) == 0)) {
            talk(relay.address());
        } catch (IOException e) {
            throw new UncheckedIOException("no relay", e);
        }
        if (System.nanoTime() - began > AT_MOST.toNanos()) throw new AssertionError("the host took too long");
    }

    /** Whether a host whose words nobody spoils is served. */
    public boolean serves() {
        return Knock.at(target.address(), DISK, HOST, AT_MOST) instanceof Knock.Admitted;
    }

    private static void talk(InetSocketAddress address) {
        var _ = Knock.at(address, DISK, HOST, WAIT);
        if (Connection.to(address, DISK, HOST, Settings.DEFAULT, WAIT) instanceof Connection.Open(Session session)) {
            try (session) {
                use(session);
            } catch (IOException e) {
                // Refused, over, or too late: its own errors.
            }
        }
    }

    private static void use(Session session) throws IOException {
        session.namespaces(WAIT);
        Namespace disk = session.namespace(1, WAIT);
        if (DATA_BYTES % disk.blockBytes() != 0) return;
        session.write(disk, 0, ByteBuffer.allocate(DATA_BYTES), WAIT);
        session.read(disk, 0, DATA_BYTES, WAIT);
        session.writeZeroes(disk, 0, DATA_BYTES, WAIT);
        session.flush(disk, WAIT);
        session.keepAlive(WAIT);
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
