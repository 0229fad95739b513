package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** ASCII of fixed length, and ids, in structures. */
final class Text {
    private Text() {}

    /** Padded with {@code pad}; cut if it is too long. */
    static void put(ByteBuffer to, int offset, int length, String text, char pad) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < length; i++) to.put(offset + i, i < bytes.length ? bytes[i] : (byte) pad);
    }

    /** Up to the first NUL, without the blanks that pad it. */
    static String get(ByteBuffer from, int offset, int length) {
        return exactly(from, offset, length).strip();
    }

    /** Up to the first NUL; whatever is no printable ASCII is shown as a question mark, which no name has. */
    static String exactly(ByteBuffer from, int offset, int length) {
        var text = new StringBuilder();
        for (int i = offset; i < offset + length && from.get(i) != 0; i++) {
            char c = (char) (from.get(i) & 0xff);
            text.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return text.toString();
    }

    /** In the order in which a UUID is written. */
    static void putUuid(ByteBuffer to, int offset, UUID id) {
        to.putLong(offset, Long.reverseBytes(id.getMostSignificantBits()));
        to.putLong(offset + 8, Long.reverseBytes(id.getLeastSignificantBits()));
    }

    static UUID getUuid(ByteBuffer from, int offset) {
        return new UUID(Long.reverseBytes(from.getLong(offset)), Long.reverseBytes(from.getLong(offset + 8)));
    }
}
