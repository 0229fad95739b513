package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;

/** The client's end of an {@link Endpoint}. */
public final class CsiChannel implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup ioThreads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ManagedChannel channel;

    /** Connects when the first call is made. */
    public CsiChannel(Endpoint endpoint) {
        channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(endpoint.path()))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(ioThreads)
                // A unix socket's path is no host name; HTTP/2 wants one all the same.
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
    }

    public Channel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        var _ = ioThreads.shutdownGracefully(0, 1, SECONDS);
    }
}
