package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How to reach the appliance. */
final class ApplianceOptions {
    @Option(
            names = "--appliance",
            required = true,
            paramLabel = "ssh://USER@HOST[:PORT]",
            description = "The appliance's SSH service.")
    String appliance;

    @Option(
            names = "--identity",
            required = true,
            paramLabel = "FILE",
            description = "Private key of that user (ed25519 or RSA); read anew for every connection.")
    Path identity;

    @Option(
            names = "--host-key",
            required = true,
            paramLabel = "SHA256:…",
            description = "Fingerprint of the appliance's host key, as ssh-keygen -l shows it; no other is accepted.")
    String hostKey;

    /** The way in; connects when it is first used. */
    RouterOs open() throws Precondition {
        return Ssh.open(ssh());
    }

    SshConfig ssh() throws Precondition {
        if (!Files.isReadable(identity)) {
            throw new Precondition("The identity file " + identity + " is not there or cannot be read.");
        }
        try {
            return SshConfig.parse(appliance, identity, hostKey);
        } catch (IllegalArgumentException e) {
            throw new Precondition(String.valueOf(e.getMessage()), e);
        }
    }
}
