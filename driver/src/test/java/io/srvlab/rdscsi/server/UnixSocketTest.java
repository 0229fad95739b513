package io.srvlab.rdscsi.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class UnixSocketTest {
    @TempDir
    private Path directory;

    private ServerSocketChannel listening;
    private Socket socket;
    private SocketChannel peer;

    @BeforeEach
    void connect() throws IOException {
        var endpoint = new Endpoint(directory.resolve("s"));
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(endpoint.path()));
        socket = new UnixSocket.Connecting(endpoint).createSocket();
        peer = listening.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        peer.close();
        listening.close();
    }

    @Test
    void whatThePeerSaidBeforeItClosedIsReadAlsoWhenItCannotBeWrittenToAnyMore() throws IOException {
        peer.write(ByteBuffer.wrap("an answer".getBytes(US_ASCII)));
        peer.close();
        socket.getOutputStream().write("unheard".getBytes(US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("an answer");
    }

    @Test
    void afterAWriteThatFailedNothingMoreIsSaid() throws IOException {
        peer.shutdownInput();
        var out = socket.getOutputStream();
        out.write("unheard".getBytes(US_ASCII));
        out.write("this would lack what was before it".getBytes(US_ASCII));
        peer.write(ByteBuffer.wrap("still here".getBytes(US_ASCII)));
        peer.close();
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("still here");
    }

    @Test
    void aCloseWakesWhoeverReads() throws Exception {
        var reader = new FutureTask<>(() -> socket.getInputStream().read());
        var thread = Thread.ofPlatform().start(reader);
        while (!inRead(thread)) Thread.onSpinWait();
        socket.close();
        assertThatThrownBy(reader::get).hasCauseInstanceOf(ClosedChannelException.class);
    }

    private static boolean inRead(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("read0"));
    }
}
