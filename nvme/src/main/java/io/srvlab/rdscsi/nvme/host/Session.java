package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.ControllerIdentity;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import io.srvlab.rdscsi.nvme.wire.NamespaceIdentity;
import io.srvlab.rdscsi.nvme.wire.NamespaceIds;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.Property;
import io.srvlab.rdscsi.nvme.wire.Sgl;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A host's session with a subsystem. Its calls may come from any thread. Each throws {@link CommandRefused} with the target's
 * status, after which the session goes on, or {@link SessionEnded}; a timeout ends the session.
 */
public final class Session implements AutoCloseable {
    /** The most data that goes into one command; longer reads and writes are several. */
    static final int TRANSFER_BYTES_MAX = 1 << 20;

    private static final Duration ORDERLY_END = Duration.ofSeconds(1);
    private static final UUID NO_ID = new UUID(0, 0);

    private final HostQueue admin;
    private final @Nullable HostQueue io;
    private final ControllerIdentity controller;
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    /** @param io null with a discovery service */
    Session(HostQueue admin, @Nullable HostQueue io, ControllerIdentity controller, Duration keepAlive) {
        this.admin = admin;
        this.io = io;
        this.controller = controller;
        var _ = admin.ended().thenAccept(this::over);
        if (io != null) {
            var _ = io.ended().thenAccept(this::over);
        }
        if (keepAlive.isPositive()) Thread.startVirtualThread(() -> stayAlive(keepAlive));
    }

    /** What the controller said of itself when the session began. */
    public ControllerIdentity controller() {
        return controller;
    }

    public boolean isOpen() {
        return !ended.isDone();
    }

    /**
     * Waits for the session's end, which the target's closing of any of its connections is.
     *
     * @return why it ended; null if it had not when the timeout was over
     */
    public @Nullable String awaitEnd(Duration timeout) throws InterruptedException {
        try {
            return ended.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new AssertionError("it never ends exceptionally", e);
        }
    }

    /** The ids of the namespaces that the controller shows now, at most 1024. */
    public List<Integer> namespaces(Duration timeout) throws IOException {
        return NamespaceIds.readList(identify(Commands.IDENTIFY_ACTIVE_NAMESPACES, 0, Deadline.after(timeout)));
    }

    /** A namespace as it is now. */
    public Namespace namespace(int id, Duration timeout) throws IOException {
        var deadline = Deadline.after(timeout);
        var ids = NamespaceIds.read(identify(Commands.IDENTIFY_DESCRIPTORS, id, deadline));
        var identity = NamespaceIdentity.read(identify(Commands.IDENTIFY_NAMESPACE, id, deadline));
        var nguid = ids.nguid() != null || identity.nguid().equals(NO_ID) ? ids.nguid() : identity.nguid();
        return new Namespace(id, identity.blocks(), 1 << identity.blockShift(), ids.uuid(), nguid);
    }

    /** What this host finds; of a discovery service only. */
    public DiscoveryLog discover(Duration timeout) throws IOException {
        var deadline = Deadline.after(timeout);
        while (true) {
            int count = DiscoveryLog.count(log(DiscoveryLog.ENTRY_BYTES, deadline));
            var all = log(DiscoveryLog.ENTRY_BYTES * (1 + count), deadline);
            if (DiscoveryLog.count(all) <= count) return DiscoveryLog.read(all);
            // It grew between the two.
        }
    }

    /** Shows the target that this host lives, at once; while a session is open that is done now and then anyway. */
    public void keepAlive(Duration timeout) throws IOException {
        admin("Keep Alive", Commands.keepAlive(), Deadline.after(timeout));
    }

    /** Asks to be told when a namespace changes; {@link #nextEvent} has such changes from here on. */
    public void announceChanges(Duration timeout) throws IOException {
        var command = Commands.setFeatures(Commands.ASYNC_EVENT_CONFIGURATION, ControllerIdentity.NAMESPACE_CHANGED);
        admin("Set Features", command, Deadline.after(timeout));
    }

    /**
     * Waits for what the controller has to tell, one wait at a time; a timeout ends the session.
     *
     * @return the event as it is on the wire: type in bits 0 to 7, information in 8 to 15, the log to read in 16 to 23
     */
    public long nextEvent(Duration timeout) throws IOException {
        return admin("Asynchronous Event Request", Commands.asyncEventRequest(), Deadline.after(timeout))
                .result();
    }

    /** Reads {@code length} bytes from {@code offset} on; both are multiples of the block size. */
    public ByteBuffer read(Namespace from, long offset, int length, Duration timeout) throws IOException {
        var deadline = Deadline.after(timeout);
        var data = ByteBuffer.allocate(length);
        for (var part : parts(from, offset, length)) {
            var into = data.slice(part.at(), part.bytes());
            var command = Commands.read(from.id(), part.block(), part.blocks(), part.bytes());
            io().call("Read", command, Pdu.NO_DATA, Pdu.NO_DATA, into, deadline);
        }
        return data;
    }

    /** Writes what {@code data} holds, a multiple of the block size, to {@code offset}, one too. Durable after a {@link #flush}. */
    public void write(Namespace to, long offset, ByteBuffer data, Duration timeout) throws IOException {
        var deadline = Deadline.after(timeout);
        for (var part : parts(to, offset, data.remaining())) {
            var bytes = data.slice(data.position() + part.at(), part.bytes());
            boolean inCapsule = part.bytes() <= controller.capsuleDataBytesMax();
            var sgl = inCapsule ? Sgl.inCapsule(part.bytes()) : Sgl.transport(part.bytes());
            var command = Commands.write(to.id(), part.block(), part.blocks(), sgl);
            var none = Pdu.NO_DATA;
            io().call("Write", command, inCapsule ? bytes : none, inCapsule ? none : bytes, none, deadline);
        }
    }

    /** Has what was written before made durable. */
    public void flush(Namespace of, Duration timeout) throws IOException {
        io("Flush", Commands.flush(of.id()), Deadline.after(timeout));
    }

    /** Has zeroes written; {@code offset} and {@code length} are multiples of the block size. */
    public void writeZeroes(Namespace to, long offset, int length, Duration timeout) throws IOException {
        var deadline = Deadline.after(timeout);
        for (var part : parts(to, offset, length)) {
            io("Write Zeroes", Commands.writeZeroes(to.id(), part.block(), part.blocks()), deadline);
        }
    }

    /** Shuts the controller down and disconnects; takes a second at most, and succeeds always. */
    @Override
    public void close() {
        var deadline = Deadline.after(ORDERLY_END);
        try {
            if (isOpen()) {
                admin("Set CC", Commands.propertySet(Property.CONFIGURATION, Property.SHUT_DOWN), deadline);
                awaitShutdown(deadline);
            }
        } catch (IOException e) {
            // It ends all the same: a target frees what belongs to a closed connection.
        }
        admin.close();
        if (io != null) io.close();
    }

    private void awaitShutdown(Deadline deadline) throws IOException {
        while (true) {
            long status = admin("Get CSTS", Commands.propertyGet(Property.STATUS), deadline)
                    .result();
            if ((status & Property.SHUTDOWN_STATUS_MASK) == Property.SHUTDOWN_DONE) return;
            admin.pause(10, deadline);
        }
    }

    private void over(SessionEnded reason) {
        ended.complete(String.valueOf(reason.getMessage()));
        // Half a session is of no use, and a write through it might still take effect.
        admin.close();
        if (io != null) io.close();
    }

    private void stayAlive(Duration period) {
        try {
            while (awaitEnd(period.dividedBy(2)) == null) keepAlive(period);
        } catch (IOException e) {
            // Refused or over: either way the target decides what becomes of the session.
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
    }

    private ByteBuffer identify(int structure, int namespace, Deadline deadline) throws IOException {
        var data = ByteBuffer.allocate(Commands.IDENTIFY_BYTES);
        admin.call("Identify", Commands.identify(structure, namespace), Pdu.NO_DATA, Pdu.NO_DATA, data, deadline);
        return data;
    }

    private ByteBuffer log(int length, Deadline deadline) throws IOException {
        var data = ByteBuffer.allocate(length);
        var command = Commands.getLogPage(Commands.LOG_DISCOVERY, true, 0, length);
        admin.call("Get Log Page", command, Pdu.NO_DATA, Pdu.NO_DATA, data, deadline);
        return data;
    }

    private Completion admin(String name, SubmissionEntry command, Deadline deadline) throws IOException {
        return admin.call(name, command, Pdu.NO_DATA, Pdu.NO_DATA, Pdu.NO_DATA, deadline);
    }

    private void io(String name, SubmissionEntry command, Deadline deadline) throws IOException {
        io().call(name, command, Pdu.NO_DATA, Pdu.NO_DATA, Pdu.NO_DATA, deadline);
    }

    private HostQueue io() {
        if (io == null) throw new IllegalStateException("a discovery service has no blocks");
        return io;
    }

    /** One command's part of a longer transfer: {@code at} in the caller's bytes, {@code block} in the namespace. */
    private record Part(int at, int bytes, long block, int blocks) {}

    private List<Part> parts(Namespace namespace, long offset, int length) {
        int blockBytes = namespace.blockBytes();
        if (offset % blockBytes != 0 || length % blockBytes != 0 || offset < 0 || length <= 0) {
            throw new IllegalArgumentException(
                    "%d bytes at %d are no blocks of %d".formatted(length, offset, blockBytes));
        }
        int most = Math.max(blockBytes, controller.transferBytesMax(TRANSFER_BYTES_MAX));
        var parts = new ArrayList<Part>();
        for (int at = 0; at < length; at += most) {
            int bytes = Math.min(most, length - at);
            parts.add(new Part(at, bytes, (offset + at) / blockBytes, bytes / blockBytes));
        }
        return parts;
    }
}
