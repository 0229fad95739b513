package io.srvlab.rdscsi.nvme.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between hosts and a target, and spoils what one side says. */
final class Relay implements AutoCloseable {
    private static final int HEADER_BYTES = 8;
    private static final int LENGTH_AT = 4;

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
        for (var pdu = pdu(in); pdu.length > 0; pdu = pdu(in)) {
            out.write(spoils ? spoiler.spoilt(pdu) : pdu);
            if (spoils && spoiler.ended()) return;
        }
    }

    /** The next PDU, as far as its header says where it ends; nothing at the end of the stream. */
    private static byte[] pdu(InputStream in) throws IOException {
        var header = in.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) return header;
        int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(LENGTH_AT);
        var pdu = Arrays.copyOf(header, length);
        in.readNBytes(pdu, HEADER_BYTES, length - HEADER_BYTES);
        return pdu;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) socket.close();
    }
}
