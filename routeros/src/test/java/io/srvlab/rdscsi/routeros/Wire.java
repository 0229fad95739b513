package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** What lies between a client and a server, and can stop carrying without either being told. */
final class Wire implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final int target;
    private volatile CountDownLatch open = new CountDownLatch(0);

    Wire(int target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What the server says is kept back from now on, on new connections too. */
    void hold() {
        open = new CountDownLatch(1);
    }

    /** What the server says is kept back from now on, on the connections that there are. */
    void holdThese() {
        links.forEach(link -> link.open = new CountDownLatch(1));
    }

    /** What was kept back goes on its way. */
    void pass() {
        open.countDown();
        links.forEach(link -> link.open.countDown());
    }

    /** The connections there are carry nothing more, in either direction; new ones are as good as ever. */
    void goSilent() {
        links.forEach(link -> link.silent = true);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        pass();
        for (var link : links) link.close();
    }

    private void accept() {
        try {
            while (true) {
                var client = listening.accept();
                var link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
                links.add(link);
                Thread.ofVirtual().start(() -> link.carry(link.client, link.server, false));
                Thread.ofVirtual().start(() -> link.carry(link.server, link.client, true));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private final class Link {
        final Socket client;
        final Socket server;
        volatile boolean silent;
        volatile CountDownLatch open = new CountDownLatch(0);

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void carry(Socket from, Socket to, boolean holdable) {
            var buffer = new byte[8192];
            try (InputStream in = from.getInputStream()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (holdable) {
                        Wire.this.open.await();
                        open.await();
                    }
                    if (silent) continue;
                    to.getOutputStream().write(buffer, 0, n);
                }
            } catch (IOException | InterruptedException ended) {
                // Either side has gone.
            } finally {
                if (!silent) close();
            }
        }

        void close() {
            try (client;
                    server) {
                // Both go.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
