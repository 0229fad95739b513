package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A unix socket's path, as {@code unix:///path/csi.sock}. */
public record Endpoint(Path path) {
    /** What {@code sun_path} of a {@code sockaddr_un} holds on Linux, without its final NUL: unix(7). */
    private static final int PATH_BYTES_MAX = 107;

    private static final String SCHEME = "unix://";
    private static final long ANSWER_MILLIS_MAX = 2000;
    /** How a client begins, and its empty SETTINGS frame. */
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0";

    /**
     * Reads {@code unix:///path}.
     *
     * @throws IllegalArgumentException if it is something else, no absolute path, or too long for a socket
     */
    public static Endpoint parse(String text) {
        if (!text.startsWith(SCHEME + "/")) {
            throw new IllegalArgumentException("an endpoint is unix:///absolute/path, not '" + text + "'");
        }
        var path = text.substring(SCHEME.length());
        int length = path.getBytes(StandardCharsets.UTF_8).length;
        if (length > PATH_BYTES_MAX) {
            throw new IllegalArgumentException("the socket path has " + length + " bytes; a unix socket's has at most "
                    + PATH_BYTES_MAX + ": " + path);
        }
        return new Endpoint(Path.of(path).normalize());
    }

    /**
     * Makes room for a server: its directory is made, the socket of a process that is gone is removed.
     *
     * @throws IOException if a live server listens there, or something that is no socket is in the way
     */
    void clear() throws IOException {
        var directory = path.getParent();
        if (directory != null) Files.createDirectories(directory);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is in the way and is no socket");
        }
        if (answers()) throw new IOException("another process listens on " + path + "; stop it first");
        Files.delete(path);
    }

    /**
     * Whether a server is alive there. That a connection is taken says nothing: the kernel keeps the socket of a killed
     * process open for as long as one of its threads hangs in it, and takes connections on its behalf. So a word is asked
     * for: an HTTP/2 server sends its SETTINGS first, whoever calls (RFC 9113, 3.4).
     */
    private boolean answers() throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Also where it would wait for a place in a queue that is full.
            var giveUp = CompletableFuture.runAsync(
                    () -> close(channel), CompletableFuture.delayedExecutor(ANSWER_MILLIS_MAX, MILLISECONDS));
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                return saysSomething(channel);
            } catch (ConnectException | AsynchronousCloseException _) {
                return false; // nobody listens any more, or nobody takes what has connected
            } finally {
                giveUp.cancel(false);
            }
        }
    }

    private static boolean saysSomething(SocketChannel channel) {
        try {
            channel.write(ByteBuffer.wrap(PREFACE.getBytes(StandardCharsets.ISO_8859_1)));
            return channel.read(ByteBuffer.allocate(1)) == 1;
        } catch (IOException _) {
            return false; // it went away meanwhile, or said nothing for too long
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return SCHEME + path;
    }
}
