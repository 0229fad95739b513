package io.srvlab.rdscsi.cluster.kubernetes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Something at an API server's address that answers whatever a test wants, byte for byte. One request a connection. */
final class FakeApiServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Answer answer = json(404, "{}");

    record Request(String method, String target, Map<String, String> headers, String body) {}

    /** What is done with a request; the connection is closed behind it. */
    @FunctionalInterface
    interface Answer {
        void to(Request request, Socket socket) throws IOException, InterruptedException;
    }

    FakeApiServer() throws IOException {
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** From now on. */
    FakeApiServer answers(Answer next) {
        answer = next;
        return this;
    }

    List<Request> requests(String method, String part) {
        return requests.stream()
                .filter(request ->
                        request.method().equals(method) && request.target().contains(part))
                .toList();
    }

    /** Connections whose request has been read, and which neither side has closed. */
    int open() {
        return open.size();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** A kubeconfig that leads here. */
    Path kubeconfig(Path directory, String scheme) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig-" + scheme), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u, namespace: of-context}}]
                current-context: x
                """.formatted(scheme, port()));
    }

    static Answer json(int status, String body, String... headers) {
        return raw(status, "application/json", body, headers);
    }

    static Answer raw(int status, String type, String body, String... headers) {
        return (_, socket) -> {
            var bytes = body.getBytes(UTF_8);
            var head = new StringBuilder("HTTP/1.1 " + status + " whatever\r\nContent-Type: " + type
                    + "\r\nContent-Length: " + bytes.length + "\r\nConnection: close\r\n");
            for (var header : headers) head.append(header).append("\r\n");
            write(socket, head + "\r\n");
            socket.getOutputStream().write(bytes);
        };
    }

    /** A watch over WebSocket (RFC 6455) that brings {@code events}, each below 64 KiB, and goes on until the client closes it. */
    static Answer watch(String... events) {
        return (request, socket) -> {
            var key = request.headers().get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
            write(
                    socket,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accepted(key) + "\r\n\r\n");
            for (var event : events) {
                var text = event.getBytes(UTF_8);
                var frame = ByteBuffer.allocate(4 + text.length);
                frame.put((byte) 0x81)
                        .put((byte) 126)
                        .putShort((short) text.length)
                        .put(text);
                socket.getOutputStream().write(frame.array());
            }
            // The client sends nothing but its wish to close, and is answered in kind.
            if (socket.getInputStream().read() >= 0) {
                socket.getOutputStream().write(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xE8});
                socket.getOutputStream().flush();
            }
        };
    }

    private static String accepted(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(key.getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(ISO_8859_1));
        out.flush();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var request = read(new BufferedInputStream(socket.getInputStream()));
            requests.add(request);
            answer.to(request, socket);
        } catch (IOException | UncheckedIOException _) {
            // The client went away, which is its right.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private static Request read(InputStream in) throws IOException {
        var first = line(in).split(" ", -1);
        if (first.length < 2) throw new IOException("no HTTP");
        var headers = new HashMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Request(first[0], first[1], headers, new String(in.readNBytes(length), UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new IOException("end of stream");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : open) socket.close();
    }
}
