package io.srvlab.rdscsi.routeros;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/** The user's private key, as it lies in a file. */
final class Identity {
    private static final int LENGTH_MAX = 64 * 1024;

    private Identity() {}

    static KeyPair read(Path file) throws NotSent {
        byte[] content;
        try (var in = Files.newInputStream(file)) {
            content = in.readNBytes(LENGTH_MAX);
        } catch (NoSuchFileException e) {
            throw new NotSent("the identity file " + file + " is not there", e);
        } catch (AccessDeniedException e) {
            throw new NotSent("the identity file " + file + " may not be read by this process", e);
        } catch (IOException e) {
            throw new NotSent("the identity file " + file + " cannot be read: " + reason(e), e);
        }
        var key = parse(file, content);
        var type = KeyUtils.getKeyType(key);
        if (!KeyPairProvider.SSH_ED25519.equals(type) && !KeyPairProvider.SSH_RSA.equals(type)) {
            throw new NotSent("the identity file " + file + " holds a key of type " + type
                    + ", which RouterOS refuses: make one of ed25519 or RSA");
        }
        return key;
    }

    private static KeyPair parse(Path file, byte[] content) throws NotSent {
        var encrypted = new AtomicBoolean();
        FilePasswordProvider none = (_, _, _) -> {
            encrypted.set(true);
            throw new IOException("a passphrase is needed");
        };
        Exception cause = null;
        try {
            var keys = SecurityUtils.loadKeyPairIdentities(
                    null, new PathResource(file), new ByteArrayInputStream(content), none);
            if (keys != null && keys.iterator().hasNext())
                return keys.iterator().next();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            cause = e;
        }
        if (encrypted.get()) {
            throw new NotSent(
                    "the identity file %s is encrypted and nobody is there to type its passphrase; this takes it off: ssh-keygen -p -N '' -f %s"
                            .formatted(file, file));
        }
        var why = "the identity file " + file + " holds no private key in OpenSSH or PEM format";
        throw cause == null ? new NotSent(why) : new NotSent(why, cause);
    }

    private static String reason(IOException e) {
        return ForeignText.bounded(String.valueOf(e.getMessage()));
    }
}
