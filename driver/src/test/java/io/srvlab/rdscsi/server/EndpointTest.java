package io.srvlab.rdscsi.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointTest {
    @TempDir
    private Path directory;

    @Test
    void theSocketOfALiveServerIsNotTaken() throws IOException {
        var endpoint = new Endpoint(directory.resolve("csi.sock"));
        try (var _ = CsiServer.start(endpoint, List.of(), RpcListener.NONE)) {
            assertThatThrownBy(endpoint::clear).hasMessageContaining("another process listens on " + endpoint.path());
            assertThat(endpoint.path()).exists();
        }
    }

    /** As of a killed process one of whose threads the kernel still holds: connections are taken, and nobody answers. */
    @Test
    void theSocketOfAProcessThatDoesNotAnswerIsReplaced() throws IOException {
        var endpoint = new Endpoint(directory.resolve("csi.sock"));
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(endpoint.path()), 1);
            endpoint.clear();
            assertThat(endpoint.path()).doesNotExist();
        }
    }

    /** The same when kubelet has called it often: the kernel lets nobody wait there any more. */
    @Test
    void theSocketOfAProcessThatDoesNotAnswerIsReplacedAlsoWhenItsQueueIsFull() throws IOException {
        var endpoint = new Endpoint(directory.resolve("csi.sock"));
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var callers = new Callers(endpoint)) {
            silent.bind(UnixDomainSocketAddress.of(endpoint.path()), 1);
            callers.fillTheQueue(100);
            endpoint.clear();
            assertThat(endpoint.path()).doesNotExist();
        }
    }

    @Test
    void theSocketOfAProcessThatIsGoneIsReplaced() throws IOException {
        var endpoint = new Endpoint(directory.resolve("csi.sock"));
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(endpoint.path()))
                .close();
        assertThat(endpoint.path()).exists();
        endpoint.clear();
        assertThat(endpoint.path()).doesNotExist();
    }
}
