package io.srvlab.rdscsi.simulator.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys of the one user, in OpenSSH's {@code authorized_keys} form. Read at each login, so that anybody may add to the file. */
public final class AuthorizedKeys {
    private static final Logger log = LoggerFactory.getLogger(AuthorizedKeys.class);

    private final Path file;

    /** The keys in this file, which need not exist yet. */
    public AuthorizedKeys(Path file) {
        this.file = file;
    }

    /** Lets this key in from now on. */
    public synchronized void add(PublicKey key) throws IOException {
        if (accepts(key)) return;
        Files.writeString(
                file, PublicKeyEntry.toString(key) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    boolean accepts(PublicKey key) {
        try {
            if (!Files.exists(file)) return false;
            for (var entry : AuthorizedKeyEntry.readAuthorizedKeys(file)) {
                var known = entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
                if (known != null && KeyUtils.compareKeys(known, key)) return true;
            }
        } catch (IOException | GeneralSecurityException e) {
            log.warn("cannot read {}: nobody gets in", file, e);
        }
        return false;
    }
}
