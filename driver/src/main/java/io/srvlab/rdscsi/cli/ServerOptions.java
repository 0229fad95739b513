package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.server.Endpoint;
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
}
