package io.srvlab.rdscsi.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over a unix socket (unix(7)) in the shape of {@link Socket}, which gRPC's OkHttp transport asks for: the JDK
 * has unix sockets as channels only. Offers what that transport uses of a socket.
 */
final class UnixSocket extends Socket {
    private final SocketChannel channel;
    private final SocketAddress local;
    private final SocketAddress remote;

    private UnixSocket(SocketChannel channel) throws IOException {
        super((SocketImpl) null); // none of the JDK's own, which would be an internet socket
        this.channel = channel;
        this.local = channel.getLocalAddress();
        this.remote = channel.getRemoteAddress();
    }

    @Override
    public InputStream getInputStream() {
        return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
        return new Said();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    /** There is no TCP here whose segments could be held back. */
    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    /** Whoever reads or writes meanwhile gets an {@link java.nio.channels.AsynchronousCloseException}. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * What is said to the peer. One that has closed may have answered before, and that is still to be read: so a write that fails
     * ends what is said, and the transport learns from its reader that this is the end, when it has read all there is.
     */
    private final class Said extends OutputStream {
        private final OutputStream out = Channels.newOutputStream(channel);
        private boolean unheard;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (unheard) return;
            try {
                out.write(bytes, offset, length);
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                unheard = true;
                channel.shutdownOutput(); // should the peer still listen, it hears no word that lacks one before it
            }
        }
    }

    /** Connects to one endpoint, whichever internet address it is asked for. */
    static final class Connecting extends SocketFactory {
        private final Endpoint endpoint;

        Connecting(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public Socket createSocket() throws IOException {
            return new UnixSocket(SocketChannel.open(UnixDomainSocketAddress.of(endpoint.path())));
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return createSocket();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return createSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return createSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
                throws IOException {
            return createSocket();
        }
    }

    /** Listens where {@link ServerSocket#bind(SocketAddress)} is told to. */
    static final class Listening extends ServerSocketFactory {
        @Override
        public ServerSocket createServerSocket() throws IOException {
            return new Listener();
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            throw new IOException("a unix socket has no port");
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) throws IOException {
            return createServerSocket(port);
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
            return createServerSocket(port);
        }
    }

    private static final class Listener extends ServerSocket {
        private static final Logger log = LoggerFactory.getLogger(UnixSocket.class);
        private static final long ACCEPT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

        private final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        private volatile @Nullable SocketAddress address;

        private Listener() throws IOException {}

        @Override
        public void bind(SocketAddress place) throws IOException {
            address = channel.bind(place).getLocalAddress();
        }

        @Override
        public @Nullable SocketAddress getLocalSocketAddress() {
            return address;
        }

        /**
         * Fails only when it is closed, since the transport takes every failure for the end of its server: too many open
         * files, say, are waited for.
         */
        @Override
        public Socket accept() throws IOException {
            while (true) {
                try {
                    return new UnixSocket(channel.accept());
                } catch (ClosedChannelException e) {
                    throw e;
                } catch (IOException e) {
                    log.warn(
                            "cannot take a connection on {}: {}; it is tried again. What this process has open: ls -l /proc/{}/fd",
                            address,
                            e.getMessage(),
                            ProcessHandle.current().pid());
                    LockSupport.parkNanos(ACCEPT_AGAIN_NANOS);
                }
            }
        }

        @Override
        public boolean isClosed() {
            return !channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
