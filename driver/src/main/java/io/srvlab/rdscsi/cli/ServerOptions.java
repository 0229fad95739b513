package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.metrics.MetricsServer;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every CSI server is told. */
final class ServerOptions {
    @Option(
            names = "--endpoint",
            required = true,
            paramLabel = "unix:///PATH",
            converter = Converters.ToEndpoint.class,
            description = "Unix socket to serve CSI on.")
    Endpoint endpoint;

    @Option(
            names = "--driver-name",
            paramLabel = "NAME",
            defaultValue = "rds.csi.srvlab.io",
            description = "Name of the CSIDriver object (default: ${DEFAULT-VALUE}).")
    String driverName;

    @Option(
            names = "--metrics",
            paramLabel = "HOST:PORT",
            converter = Converters.ToSocketAddress.class,
            description = "Serve Prometheus metrics there, over plain HTTP at /metrics; port 0 takes a free one"
                    + " (default: none are served).")
    @Nullable
    InetSocketAddress metrics;

    /** Serves {@code metrics}, if that was asked for, until {@code shutdown}. */
    Optional<MetricsServer> serve(Metrics metrics, Shutdown shutdown) throws IOException {
        if (this.metrics == null) return Optional.empty();
        return Optional.of(shutdown.closing(MetricsServer.start(this.metrics, metrics)));
    }

    /** What a server prints once it serves. */
    static String ready(Endpoint endpoint, Optional<MetricsServer> metrics) {
        return "READY endpoint=" + endpoint
                + metrics.map(served -> " metrics=" + served.address()).orElse("");
    }
}
