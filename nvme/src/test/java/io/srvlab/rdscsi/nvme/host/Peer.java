package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduReader;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.Side;
import io.srvlab.rdscsi.nvme.wire.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A target that does to its first connection just what a test says. */
final class Peer implements AutoCloseable {
    interface Script {
        void run(Line line) throws IOException;
    }

    /** One connection, seen from the target. */
    record Line(Socket socket, PduReader reader) {
        @Nullable
        Pdu receive() throws IOException {
            return reader.next();
        }

        void send(Pdu pdu) throws IOException {
            send(PduWriter.bytes(pdu, Digests.NONE));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** Answers ICReq; then gives the Connect that follows. */
        Pdu.CapsuleCmd connect() throws IOException {
            receive();
            send(new Pdu.IcResp(0, 0, Digests.NONE, 1 << 20));
            return (Pdu.CapsuleCmd) Objects.requireNonNull(receive());
        }

        void answer(Pdu.CapsuleCmd command, Status status, long result) throws IOException {
            send(new Pdu.CapsuleResp(
                    new Completion(result, 1, 0, command.entry().commandId(), status)));
        }

        /** Waits until the host has hung up. */
        void untilClosed() {
            try {
                while (receive() != null) {}
            } catch (IOException e) {
                // Closed with a reset.
            }
        }
    }

    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    Peer(Script script) throws IOException {
        Thread.startVirtualThread(() -> {
            try (var socket = server.accept()) {
                script.run(new Line(
                        socket,
                        new PduReader(socket.getInputStream(), Side.HOST, new PduReader.Limits(8192, 1 << 20))));
                finished.complete(null);
            } catch (IOException | RuntimeException | Error e) {
                finished.completeExceptionally(e);
            }
        });
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Waits until the script is through, and fails as it failed. */
    void finish() {
        finished.join();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
