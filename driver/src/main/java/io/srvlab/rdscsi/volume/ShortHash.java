package io.srvlab.rdscsi.volume;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The beginning of a SHA-256 in lower-case base32 (RFC 4648, {@code a-z 2-7}): 5 bits a character. */
public final class ShortHash {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private ShortHash() {}

    /**
     * The first {@code characters} (at most 51) of the hash over {@code parts}, each with its length, so that no two
     * lists of parts run together.
     */
    public static String of(int characters, String... parts) {
        var sha = sha256();
        for (var part : parts) {
            var bytes = part.getBytes(StandardCharsets.UTF_8);
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha.update(bytes);
        }
        return base32(sha.digest()).substring(0, characters);
    }

    /** All whole groups of 5 bits of {@code bytes}. */
    public static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte next : bytes) {
            buffer = (buffer << 8) | (next & 0xff);
            for (bits += 8; bits >= 5; bits -= 5) {
                text.append(ALPHABET.charAt(buffer >> (bits - 5) & 31));
            }
            buffer &= 31;
        }
        return text.toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
