package io.srvlab.rdscsi.server;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A unix socket's path, as {@code unix:///path/csi.sock}. */
public record Endpoint(Path path) {
    /** What {@code sun_path} of a {@code sockaddr_un} holds on Linux, without its final NUL: unix(7). */
    private static final int PATH_BYTES_MAX = 107;

    private static final String SCHEME = "unix://";

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

    private boolean answers() throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException _) {
            return false; // refused: nobody listens any more
        }
    }

    @Override
    public String toString() {
        return SCHEME + path;
    }
}
