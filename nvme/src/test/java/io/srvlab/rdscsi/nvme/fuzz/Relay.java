package io.srvlab.rdscsi.nvme.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between hosts and a target, and spoils what one side says. */
final class Relay implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final InetSocketAddress target;
    private final Spoiler spoiler;
    private final boolean spoilsHost;

    Relay(InetSocketAddress target, Spoiler spoiler, boolean spoilsHost) throws IOException {
        this.target = target;
        this.spoiler = spoiler;
        this.spoilsHost = spoilsHost;
        Thread.startVirtualThread(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept() {
        try {
            while (true) {
                var host = server.accept();
                var behind = new Socket(target.getAddress(), target.getPort());
                sockets.add(host);
                sockets.add(behind);
                Thread.startVirtualThread(() -> pump(host, behind, spoilsHost));
                Thread.startVirtualThread(() -> pump(behind, host, !spoilsHost));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void pump(Socket from, Socket to, boolean spoils) {
        try (from;
                to) {
            copy(from.getInputStream(), to.getOutputStream(), spoils);
        } catch (IOException e) {
            // One of them has hung up, and so does the other.
        }
    }

    private void copy(InputStream in, OutputStream out, boolean spoils) throws IOException {
        var bytes = new byte[8192];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            if (!spoils) {
                out.write(bytes, 0, count);
                continue;
            }
            out.write(spoiler.spoilt(bytes, count));
            if (spoiler.ended()) return;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) socket.close();
    }
}
