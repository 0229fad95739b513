package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.routeros.Fingerprint;
import io.srvlab.rdscsi.routeros.Rest;
import io.srvlab.rdscsi.routeros.RestConfig;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How to reach the appliance: over SSH or over REST, as the address says. */
final class ApplianceOptions {
    private static final String REST = "rest://";

    @Option(
            names = "--appliance",
            required = true,
            paramLabel = "ssh://USER@HOST[:PORT]|rest://USER[,USER...]@HOST[:PORT]",
            description =
                    "The appliance's SSH service, or its REST service over TLS (www-ssl). Over REST each user has one"
                            + " request answered at a time; with several, the first is kept for cuts.")
    String appliance;

    @Option(
            names = "--identity",
            paramLabel = "FILE",
            description = "ssh: private key of that user (ed25519 or RSA); read anew for every connection.")
    @Nullable
    Path identity;

    @Option(
            names = "--host-key",
            paramLabel = "SHA256:…",
            description =
                    "ssh: fingerprint of the appliance's host key, as ssh-keygen -l shows it; no other is accepted.")
    @Nullable
    String hostKey;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "rest: one line, the password of all users, or a line for each; read anew for every request.")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--tls-fingerprint",
            paramLabel = "SHA256:…",
            description =
                    "rest: fingerprint of the appliance's certificate, as /certificate/print detail or openssl x509"
                            + " -fingerprint -sha256 shows it; no other is accepted.")
    @Nullable
    String tlsFingerprint;

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    /** The way in; connects when it is first used. */
    RouterOs open() throws Precondition {
        try {
            return overRest() ? Rest.open(rest()) : Ssh.open(ssh());
        } catch (IllegalArgumentException e) {
            throw new Precondition(String.valueOf(e.getMessage()), e);
        }
    }

    boolean overRest() {
        return appliance.strip().startsWith(REST);
    }

    /** Of an ssh:// address. */
    SshConfig ssh() throws Precondition {
        if (passwordFile != null || tlsFingerprint != null) {
            throw Usage.error(spec, "--password-file and --tls-fingerprint belong to a rest:// address");
        }
        if (identity == null || hostKey == null) {
            throw Usage.error(spec, "an ssh:// address needs --identity and --host-key");
        }
        readable("identity", identity);
        return SshConfig.parse(appliance, identity, hostKey);
    }

    /** Of a rest:// address. */
    RestConfig rest() throws Precondition {
        if (identity != null || hostKey != null) {
            throw Usage.error(spec, "--identity and --host-key belong to an ssh:// address");
        }
        if (passwordFile == null || tlsFingerprint == null) {
            throw Usage.error(spec, "a rest:// address needs --password-file and --tls-fingerprint");
        }
        readable("password", passwordFile);
        return RestConfig.parse(appliance, passwordFile, Fingerprint.parse(tlsFingerprint));
    }

    private static void readable(String what, Path file) throws Precondition {
        if (!Files.isReadable(file)) {
            throw new Precondition("The " + what + " file " + file + " is not there or cannot be read.");
        }
    }
}
