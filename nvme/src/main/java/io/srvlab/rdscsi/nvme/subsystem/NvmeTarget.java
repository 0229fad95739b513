package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A target: one TCP port, and the exports that are served on it. Its threads keep no process alive. */
public final class NvmeTarget implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 512;
    private static final int BACKLOG = 128;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    // Ids above are reserved.
    private static final int CONTROLLER_ID_MAX = 0xffef;

    private final ServerSocket server;
    private final Map<String, Subsystem> subsystems = new ConcurrentHashMap<>();
    private final Set<TargetConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger controllers = new AtomicInteger();
    private final AtomicLong generation = new AtomicLong();

    private NvmeTarget(ServerSocket server) {
        this.server = server;
    }

    /** Takes the port. Hosts wait until the target is started, so that nobody misses what is exported before. */
    public static NvmeTarget bind(InetSocketAddress address) throws IOException {
        var server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(address, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return new NvmeTarget(server);
    }

    /** Serves from now on: the discovery service, and what is exported. */
    public void start() {
        Thread.ofPlatform().daemon().name("nvme-target").start(this::accept);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /**
     * Puts it on the network.
     *
     * @throws IllegalArgumentException there is an export of that name
     */
    public void export(Export export) {
        if (subsystems.putIfAbsent(export.subsystem(), new Subsystem(export)) != null) {
            throw new IllegalArgumentException("exported already: " + export.subsystem());
        }
        generation.incrementAndGet();
    }

    /** From now on these hosts are let in, or any if there are none. Whoever is in stays in. Nothing if there is no such export. */
    public void allow(String nqn, Set<String> hosts) {
        var subsystem = subsystems.get(nqn);
        if (subsystem != null) subsystem.allow(hosts);
        generation.incrementAndGet();
    }

    /** The export's size is another; whoever is in is told. Nothing if there is no such export. */
    public void resized(String nqn) {
        var subsystem = subsystems.get(nqn);
        if (subsystem == null) return;
        for (var controller : subsystem.controllers()) {
            try {
                controller.namespaceChanged();
            } catch (IOException e) {
                controller.close();
            }
        }
    }

    /**
     * Takes it off the network. When this returns its connections are closed, and no command begins any more; those that
     * had begun go on, see {@link Traffic#inFlight}. Nothing if there is no such export.
     *
     * @throws IOException its backing cannot be closed
     */
    public void unexport(String nqn) throws IOException {
        var subsystem = subsystems.remove(nqn);
        if (subsystem == null) return;
        generation.incrementAndGet();
        subsystem.cut();
    }

    /**
     * Lets nobody in to it any more, and cuts nobody: for a target that does not end sessions with their export. Its backing
     * is closed when the last session has gone. Nothing if there is no such export.
     *
     * @throws IOException its backing cannot be closed
     */
    public void withdraw(String nqn) throws IOException {
        var subsystem = subsystems.remove(nqn);
        if (subsystem == null) return;
        generation.incrementAndGet();
        subsystem.retire();
    }

    /** How many sessions there are with an export. */
    public int sessions(String nqn) {
        var subsystem = subsystems.get(nqn);
        return subsystem == null ? 0 : subsystem.controllers().size();
    }

    @Nullable
    Subsystem subsystem(String nqn) {
        return subsystems.get(nqn);
    }

    int nextControllerId() {
        return controllers.getAndUpdate(id -> (id + 1) % CONTROLLER_ID_MAX) + 1;
    }

    /** What this host is shown: only what it may use. */
    DiscoveryLog discovery(String host, InetSocketAddress at) {
        return new DiscoveryLog(
                generation.get(),
                subsystems.values().stream()
                        .filter(subsystem -> subsystem.allows(host))
                        .map(subsystem -> new DiscoveryLog.Entry(
                                subsystem.nqn(), at.getAddress().getHostAddress(), Integer.toString(at.getPort())))
                        .sorted(Comparator.comparing(DiscoveryLog.Entry::subsystem))
                        .toList());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                if (connections.size() >= CONNECTIONS_MAX) socket.close();
                else Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException e) {
                // Closed; or out of descriptors, of which the next one to go gives some back.
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private void serve(Socket socket) {
        var admission = new Admission(this);
        try (socket) {
            socket.setTcpNoDelay(true);
            var connection = new TargetConnection(socket, admission);
            connections.add(connection);
            if (server.isClosed()) connection.close();
            Thread.startVirtualThread(() -> closeUnlessConnected(connection, admission));
            connection.serve();
            connections.remove(connection);
            var controller = admission.controller();
            if (controller != null) controller.lost(connection);
        } catch (IOException e) {
            // The host is gone.
        }
    }

    /** A connection that nobody makes a queue of is not kept for long. */
    private static void closeUnlessConnected(TargetConnection connection, Admission admission) {
        try {
            Thread.sleep(CONNECT_WITHIN);
            if (admission.controller() == null) connection.close();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
    }

    /** Closes everything at once; the backings of what was exported too, when their last command has ended. */
    @Override
    public void close() throws IOException {
        server.close();
        for (var nqn : subsystems.keySet()) unexport(nqn);
        connections.forEach(TargetConnection::close);
    }
}
