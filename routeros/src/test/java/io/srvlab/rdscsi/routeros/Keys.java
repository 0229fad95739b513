package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Base64;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.jspecify.annotations.Nullable;

/** Keys made for a test, and the files they lie in. */
final class Keys {
    private Keys() {}

    static KeyPair ed25519() throws GeneralSecurityException {
        return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    }

    static KeyPair rsa() throws GeneralSecurityException {
        return KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, 2048);
    }

    static KeyPair ecdsa() throws GeneralSecurityException {
        return KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    }

    static Path openSsh(KeyPair key, Path file) throws IOException, GeneralSecurityException {
        return openSsh(key, file, null);
    }

    static Path encrypted(KeyPair key, Path file) throws IOException, GeneralSecurityException {
        var context = new OpenSSHKeyEncryptionContext();
        context.setPassword("secret");
        context.setCipherType("256");
        return openSsh(key, file, context);
    }

    /** PKCS#8, as openssl writes it. */
    static Path pem(KeyPair key, Path file) throws IOException {
        var body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(key.getPrivate().getEncoded());
        return Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    }

    static String fingerprint(KeyPair key) {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key.getPublic());
    }

    private static Path openSsh(KeyPair key, Path file, @Nullable OpenSSHKeyEncryptionContext encryption)
            throws IOException, GeneralSecurityException {
        try (var out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "test", encryption, out);
        }
        return file;
    }
}
