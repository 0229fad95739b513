package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plugin in a process of its own, and clients that behave badly. */
class CsiServerTest {
    private static final int OPEN_FILES = 120;

    @TempDir
    private Path directory;

    @Test
    @Timeout(60)
    void aServerWithTooManyOpenFilesServesAgainWhenThereAreFewer() throws Exception {
        var endpoint = new Endpoint(directory.resolve("csi.sock"));
        var plugin = plugin(endpoint);
        try (var callers = new Callers(endpoint)) {
            assertThat(plugin.inputReader().readLine()).startsWith("READY");
            callers.fillTheQueue(2 * OPEN_FILES);
            var log = plugin.errorReader();
            var line = log.readLine();
            while (line != null && !line.contains("cannot take a connection")) line = log.readLine();
            assertThat(line).contains(endpoint.path().toString());
            callers.leave();
            assertThat(ready(endpoint)).isTrue();
        } finally {
            plugin.destroy();
            assertThat(plugin.waitFor(20, SECONDS)).isTrue();
        }
    }

    private Process plugin(Endpoint endpoint) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(List.of(
                "bash",
                "-c",
                "ulimit -n " + OPEN_FILES + " && exec \"$@\"",
                "bash",
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.srvlab.rdscsi.cli.RdsCsi",
                "node",
                "--endpoint",
                endpoint.toString(),
                "--node-id",
                "a",
                "--transport",
                "loop",
                "--loop-dir",
                directory.toString()));
        builder.environment().put("RDS_CSI_LOG_LEVEL", "warn");
        return builder.start();
    }

    private static boolean ready(Endpoint endpoint) {
        try (var channel = new CsiChannel(endpoint)) {
            return IdentityGrpc.newBlockingStub(channel.channel())
                    .withWaitForReady()
                    .withDeadlineAfter(30, SECONDS)
                    .probe(ProbeRequest.getDefaultInstance())
                    .getReady()
                    .getValue();
        }
    }
}
