package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.controller.Portal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where on the appliance the volumes are, and where nodes reach them. */
final class StorageOptions {
    @Option(
            names = "--base-path",
            required = true,
            paramLabel = "/POOL/DIR",
            converter = Converters.ToBasePath.class,
            description =
                    "Directory on the appliance for the volumes' files; made if it is not there. A probe works in one within it.")
    BasePath basePath;

    @Option(
            names = "--nvme-address",
            required = true,
            paramLabel = "ADDRESS",
            description =
                    "Where nodes reach the appliance's NVMe/TCP exports; a probe, and a look at a door that was cut, reach"
                            + " it from here.")
    String nvmeAddress;

    @Option(
            names = "--nvme-port",
            paramLabel = "PORT",
            defaultValue = "4420",
            description = "Its TCP port (default: ${DEFAULT-VALUE}).")
    int nvmePort;

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    Portal portal() {
        try {
            return new Portal(nvmeAddress, nvmePort);
        } catch (IllegalArgumentException e) {
            throw Usage.error(spec, "--nvme-address, --nvme-port: " + e.getMessage());
        }
    }
}
