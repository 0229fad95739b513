package io.srvlab.rdscsi.server;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;

/** The client's end of an {@link Endpoint}. */
public final class CsiChannel implements AutoCloseable {
    private final ManagedChannel channel;

    /** Connects when the first call is made. */
    public CsiChannel(Endpoint endpoint) {
        // A unix socket's path is no host name; HTTP/2 wants one all the same, and the transport an address.
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
                .overrideAuthority("localhost")
                .socketFactory(new UnixSocket.Connecting(endpoint))
                .usePlaintext()
                .build();
    }

    public Channel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
