package io.srvlab.rdscsi.simulator.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Private keys in files, as OpenSSH writes them: mode 0600, made on first use. */
public final class KeyFiles {
    private static final int RSA_BITS = 2048;
    private static final int ED25519_BITS = 256;

    private KeyFiles() {}

    /** The RSA key of 2048 bits in this file: the kind of host key that an appliance has by default. */
    public static KeyPair rsa(Path file) throws IOException {
        return readOrMake(file, KeyPairProvider.SSH_RSA, RSA_BITS);
    }

    /** The Ed25519 key in this file. */
    public static KeyPair ed25519(Path file) throws IOException {
        return readOrMake(file, KeyPairProvider.SSH_ED25519, ED25519_BITS);
    }

    /** {@code SHA256:…}, without padding, as OpenSSH prints it. */
    public static String fingerprint(PublicKey key) {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
    }

    private static KeyPair readOrMake(Path file, String type, int bits) throws IOException {
        try {
            if (!Files.exists(file)) make(file, type, bits);
            try (var in = Files.newInputStream(file)) {
                var name = NamedResource.ofName(file.toString());
                return SecurityUtils.loadKeyPairIdentities(null, name, in, FilePasswordProvider.EMPTY)
                        .iterator()
                        .next();
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("no usable key in " + file, e);
        }
    }

    private static void make(Path file, String type, int bits) throws IOException, GeneralSecurityException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(next, ownerOnly);
        try (var out = Files.newOutputStream(next)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
                    KeyUtils.generateKeyPair(type, bits), "simulator", null, out);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
