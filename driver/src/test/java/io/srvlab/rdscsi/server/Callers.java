package io.srvlab.rdscsi.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Those who connect to a socket, say nothing and stay. */
final class Callers implements AutoCloseable {
    private final Endpoint endpoint;
    private final List<SocketChannel> connected = new ArrayList<>();

    Callers(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Until the kernel lets nobody wait there any more, which is so before there are {@code most}: nobody takes them. */
    void fillTheQueue(int most) throws IOException {
        while (another()) assertThat(connected).hasSizeLessThan(most);
    }

    private boolean another() throws IOException {
        var caller = SocketChannel.open(StandardProtocolFamily.UNIX);
        connected.add(caller);
        caller.configureBlocking(false);
        try {
            return caller.connect(UnixDomainSocketAddress.of(endpoint.path()));
        } catch (SocketException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        leave();
    }

    void leave() throws IOException {
        for (var caller : connected) caller.close();
    }
}
