package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** CSI services on a unix socket. Each RPC runs on a virtual thread of its own. */
public final class CsiServer implements AutoCloseable {
    /** Within the 10 s that a SIGTERM leaves. */
    private static final long GRACE_SECONDS = 8;

    private final Endpoint endpoint;
    private final Server server;
    private final ExecutorService rpcThreads;
    private final ScheduledExecutorService timer;

    private CsiServer(Endpoint endpoint, Server server, ExecutorService rpcThreads, ScheduledExecutorService timer) {
        this.endpoint = endpoint;
        this.server = server;
        this.rpcThreads = rpcThreads;
        this.timer = timer;
    }

    /**
     * Serves {@code services}.
     *
     * @throws IOException if the socket cannot be had
     */
    public static CsiServer start(Endpoint endpoint, List<BindableService> services, RpcListener listener)
            throws IOException {
        endpoint.clear();
        var rpcThreads = Executors.newVirtualThreadPerTaskExecutor();
        var timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("deadlines").factory());
        // Most deadlines never come: what an RPC held must not wait for its own.
        timer.setRemoveOnCancelPolicy(true);
        var builder = OkHttpServerBuilder.forPort(
                        UnixDomainSocketAddress.of(endpoint.path()), InsecureServerCredentials.create())
                .socketFactory(new UnixSocket.Listening())
                .executor(rpcThreads)
                .scheduledExecutorService(timer)
                .intercept(new Rpcs(timer, listener));
        services.forEach(builder::addService);
        return new CsiServer(endpoint, builder.build().start(), rpcThreads, timer);
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Blocks until {@link #close}. */
    public void awaitEnd() throws InterruptedException {
        server.awaitTermination();
    }

    /** Takes no new RPC, lets the running ones finish for some seconds, and removes the socket. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_SECONDS, SECONDS)) server.shutdownNow();
            Files.deleteIfExists(endpoint.path());
        } catch (InterruptedException _) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } catch (IOException _) {
            // A stale socket is replaced by the next start.
        }
        rpcThreads.shutdownNow();
        timer.shutdownNow();
    }
}
