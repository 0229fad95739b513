package io.srvlab.rdscsi.lab;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc.NodeBlockingStub;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The node plugin as a process of its own, from the jars of the build. */
final class Plugin implements Csi, AutoCloseable {
    private static final Endpoint ENDPOINT = Endpoint.parse("unix:///run/csi/csi.sock");

    private static final Path LOG = Path.of("/tmp/plugin.log");

    private Process process;
    private CsiChannel channel;

    Plugin() throws IOException {
        process = started();
        channel = new CsiChannel(ENDPOINT);
    }

    /**
     * As when the container is killed: no shutdown, and a new process that knows nothing. The old one may stay a while
     * longer if the kernel holds one of its threads.
     */
    void killAndStart() throws IOException, InterruptedException {
        channel.close();
        var _ = process.destroyForcibly().waitFor(2, SECONDS);
        start();
    }

    /** As when the pod is told to end; returns its exit status. */
    int stop() throws InterruptedException {
        channel.close();
        process.destroy();
        return process.waitFor();
    }

    void start() throws IOException {
        process = started();
        channel = new CsiChannel(ENDPOINT);
    }

    @Override
    public NodeBlockingStub node() {
        return NodeGrpc.newBlockingStub(channel.channel());
    }

    /** The command of rds-csi, but for the path of Java. */
    private static Process started() throws IOException {
        var process = new ProcessBuilder(List.of(
                        "/opt/jre/bin/java",
                        "@/opt/node.options",
                        "io.srvlab.rdscsi.cli.RdsCsi",
                        "node",
                        "--endpoint",
                        ENDPOINT.toString(),
                        "--node-id",
                        "lab",
                        "--transport",
                        "nvme"))
                .redirectError(ProcessBuilder.Redirect.appendTo(LOG.toFile()))
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var line = out.readLine(); // nothing if it ended
        if (line == null || !line.startsWith("READY")) {
            process.destroyForcibly();
            throw new IOException("the plugin did not start: " + line + "; see " + LOG);
        }
        return process;
    }

    @Override
    public void close() {
        channel.close();
        process.destroyForcibly();
    }
}
