package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Property;
import io.srvlab.rdscsi.nvme.wire.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One host's session: its registers, its queues, its life. It ends as a whole, and with its admin queue at the latest. */
final class TargetController implements AutoCloseable {
    /** The most I/O queues. */
    static final int QUEUES_MAX = 16;

    // Type notice, "namespace attribute changed", to be read in the log of changed namespaces.
    private static final long NAMESPACE_CHANGED = 0x00040002L;

    private final int id;
    private final String host;
    private final @Nullable Subsystem subsystem;
    private final Map<Integer, TargetConnection> queues = new HashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long lastHeard = System.nanoTime();
    private volatile int configuration;
    private volatile int grantedQueues = QUEUES_MAX;
    private int eventRequest = -1;
    private boolean changed;
    private boolean reported;

    /** @param subsystem null: the discovery service */
    TargetController(int id, String host, @Nullable Subsystem subsystem, TargetConnection admin) {
        this.id = id;
        this.host = host;
        this.subsystem = subsystem;
        queues.put(0, admin);
    }

    int id() {
        return id;
    }

    String host() {
        return host;
    }

    @Nullable
    Subsystem subsystem() {
        return subsystem;
    }

    /** Any command is a sign of life. */
    void alive() {
        lastHeard = System.nanoTime();
    }

    /** Ends the session when nothing was heard for twice this time, which leaves the host some slack. Zero: never. */
    void expireAfter(Duration keepAlive) {
        if (keepAlive.isPositive()) Thread.startVirtualThread(() -> watch(keepAlive.multipliedBy(2)));
    }

    private void watch(Duration silenceMax) {
        try {
            long left = silenceMax.toNanos();
            while (left > 0) {
                if (closed.await(left, TimeUnit.NANOSECONDS)) return;
                left = silenceMax.toNanos() - (System.nanoTime() - lastHeard);
            }
            close();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
    }

    int configuration() {
        return configuration;
    }

    void configure(int value) {
        configuration = value;
    }

    /** CSTS. A controller here is ready, and shut down, as soon as it is told to be. */
    int status() {
        int shutDown = (configuration & Property.SHUTDOWN_MASK) != 0 ? Property.SHUTDOWN_DONE : 0;
        return shutDown | ((configuration & Property.ENABLE_BIT) != 0 ? Property.READY : 0);
    }

    boolean ready() {
        return status() == Property.READY;
    }

    int grant(int queuesWanted) {
        grantedQueues = Math.min(queuesWanted, QUEUES_MAX);
        return grantedQueues;
    }

    int grantedQueues() {
        return grantedQueues;
    }

    /** False if there is such a queue already, or the session is over. */
    synchronized boolean add(int queueId, TargetConnection connection) {
        return closed.getCount() > 0 && queues.putIfAbsent(queueId, connection) == null;
    }

    /** A connection is gone. */
    void lost(TargetConnection connection) {
        synchronized (this) {
            boolean admin = queues.get(0) == connection;
            if (!admin) {
                queues.values().remove(connection);
                return;
            }
        }
        close();
    }

    /** Takes an event request, one at a time; it may be answered at once. */
    void await(int commandId) throws Rejected, IOException {
        synchronized (this) {
            if (eventRequest >= 0) throw new Rejected(Status.EVENT_LIMIT_EXCEEDED);
            eventRequest = commandId;
        }
        report();
    }

    /** The namespace is not as it was; the host is told when it asks. */
    void namespaceChanged() throws IOException {
        synchronized (this) {
            changed = true;
        }
        report();
    }

    /** The log of changed namespaces was read: {@code retain} leaves it as it is. */
    synchronized List<Integer> readChanged(boolean retain) {
        var ids = changed ? List.of(Subsystem.NAMESPACE) : List.<Integer>of();
        if (!retain) {
            changed = false;
            reported = false;
        }
        return ids;
    }

    private void report() throws IOException {
        int request;
        TargetConnection admin;
        synchronized (this) {
            admin = queues.get(0);
            if (!changed || reported || eventRequest < 0 || admin == null) return;
            reported = true; // until the log is read
            request = eventRequest;
            eventRequest = -1;
        }
        admin.complete(request, Status.SUCCESS, NAMESPACE_CHANGED);
    }

    /** Closes every connection of it at once. */
    @Override
    public void close() {
        List<TargetConnection> all;
        synchronized (this) {
            closed.countDown();
            all = List.copyOf(queues.values());
            queues.clear();
        }
        all.forEach(TargetConnection::close);
        try {
            if (subsystem != null) subsystem.leave(this);
        } catch (IOException e) {
            // Its backing is of no more use to anybody.
        }
    }
}
