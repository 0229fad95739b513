package io.srvlab.rdscsi.volume;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** UUIDs made from names: version 5 of RFC 9562, in a namespace of this driver. */
public final class NameUuid {
    /** Version 5 of {@code rds.csi.srvlab.io} in the namespace for DNS names. */
    private static final UUID NAMESPACE =
            version5(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "rds.csi.srvlab.io");

    private NameUuid() {}

    /** The UUID of {@code parts}, which are joined by a NUL: no part may hold one. */
    public static UUID of(String... parts) {
        return version5(NAMESPACE, String.join("\0", parts));
    }

    static UUID version5(UUID namespace, String name) {
        var sha = sha1();
        sha.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        var hash = ByteBuffer.wrap(sha.digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = (hash.getLong() & ~0xf000L) | 0x5000L;
        long low = (hash.getLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
