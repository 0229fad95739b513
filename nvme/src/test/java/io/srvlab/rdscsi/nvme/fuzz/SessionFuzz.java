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
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

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
    private static final Namespace NAMESPACE = new Namespace(1, 256, 4096, null, null);

    private final NvmeTarget target;
    private final Queue<Throwable> died = new ConcurrentLinkedQueue<>();
    private final @Nullable UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    /** With a target whose only disk is this file. */
    public SessionFuzz(Path file) throws IOException {
        target = NvmeTarget.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        target.export(new Export(DISK, Set.of(HOST.nqn()), ID, new FileBacking(file), new Traffic()));
        target.start();
        // A thread of either side that dies of a defect looks like a silent peer to the other.
        Thread.setDefaultUncaughtExceptionHandler((thread, defect) -> died.add(defect));
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

    /** The first byte says whose bytes are spoilt (bit 0), and what they talk about (bits 1, 2); the rest how, see {@link Spoiler}. */
    public void fuzz(byte[] input) {
        if (input.length < 2) return;
        long began = System.nanoTime();
        try (var relay = new Relay(target.address(), new Spoiler(input, 1), (input[0] & 1) == 0)) {
            talk(relay.address(), TALKS.get((input[0] >> 1 & 3) % TALKS.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("no relay", e);
        }
        var defect = died.poll();
        if (defect != null) throw new AssertionError("a thread died", defect);
        if (System.nanoTime() - began > AT_MOST.toNanos()) throw new AssertionError("the host took too long");
    }

    /** Whether a host whose words nobody spoils is served. */
    public boolean serves() {
        return Knock.at(target.address(), DISK, HOST, AT_MOST) instanceof Knock.Admitted;
    }

    private interface Talk {
        void with(InetSocketAddress address) throws IOException;
    }

    private static final List<Talk> TALKS =
            List.of(SessionFuzz::knock, SessionFuzz::look, SessionFuzz::move, SessionFuzz::discover);

    private static void talk(InetSocketAddress address, Talk talk) {
        try {
            talk.with(address);
        } catch (IOException e) {
            // Refused, over, or too late: its own errors.
        }
    }

    private static void knock(InetSocketAddress address) {
        var _ = Knock.at(address, DISK, HOST, WAIT);
    }

    private static void look(InetSocketAddress address) throws IOException {
        if (!(connect(address, DISK) instanceof Connection.Open(Session session))) return;
        try (session) {
            session.namespaces(WAIT);
            session.namespace(1, WAIT).bytes();
            session.keepAlive(WAIT);
        }
    }

    private static void move(InetSocketAddress address) throws IOException {
        if (!(connect(address, DISK) instanceof Connection.Open(Session session))) return;
        try (session) {
            session.write(NAMESPACE, 0, ByteBuffer.allocate(DATA_BYTES), WAIT);
            session.write(NAMESPACE, 0, ByteBuffer.allocate(NAMESPACE.blockBytes()), WAIT);
            session.read(NAMESPACE, 0, DATA_BYTES, WAIT);
            session.writeZeroes(NAMESPACE, 0, DATA_BYTES, WAIT);
            session.flush(NAMESPACE, WAIT);
        }
    }

    private static void discover(InetSocketAddress address) throws IOException {
        if (!(connect(address, DiscoveryLog.SUBSYSTEM) instanceof Connection.Open(Session session))) return;
        try (session) {
            session.discover(WAIT);
        }
    }

    private static Connection connect(InetSocketAddress address, String subsystem) {
        return Connection.to(address, subsystem, HOST, Settings.DEFAULT, WAIT);
    }

    @Override
    public void close() throws IOException {
        Thread.setDefaultUncaughtExceptionHandler(before);
        target.close();
    }
}
