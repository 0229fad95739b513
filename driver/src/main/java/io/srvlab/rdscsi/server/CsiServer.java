package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** CSI services on a unix socket. Each RPC runs on a virtual thread of its own. */
public final class CsiServer implements AutoCloseable {
    /** Within the 10 s that a SIGTERM leaves. */
    private static final long GRACE_SECONDS = 8;

    private final Endpoint endpoint;
    private final Server server;
    private final MultiThreadIoEventLoopGroup ioThreads;
    private final ExecutorService rpcThreads;
    private final ScheduledExecutorService timer;

    private CsiServer(
            Endpoint endpoint,
            Server server,
            MultiThreadIoEventLoopGroup ioThreads,
            ExecutorService rpcThreads,
            ScheduledExecutorService timer) {
        this.endpoint = endpoint;
        this.server = server;
        this.ioThreads = ioThreads;
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
        var ioThreads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        var rpcThreads = Executors.newVirtualThreadPerTaskExecutor();
        var timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("deadlines").factory());
        var builder = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(endpoint.path()))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(ioThreads)
                .workerEventLoopGroup(ioThreads)
                .executor(rpcThreads)
                .intercept(new Rpcs(timer, listener));
        services.forEach(builder::addService);
        return new CsiServer(endpoint, builder.build().start(), ioThreads, rpcThreads, timer);
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
        var _ = ioThreads.shutdownGracefully(0, 1, SECONDS);
    }
}
