package io.srvlab.rdscsi.nvme.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Spoils PDUs of a conversation as some bytes say, four at a time: how many PDUs to let pass (lower 5 bits) and what to do
 * to the next (upper 3), where in it (two bytes, low byte first), and with which byte. It counts PDUs and not bytes, since a
 * place behind a thousand others would hardly ever be met by chance.
 */
final class Spoiler {
    static final int BYTES = 4;

    private final byte[] how;
    private int at;
    private int left;
    private boolean ended;

    Spoiler(byte[] how, int at) {
        this.how = how;
        this.at = at;
        next();
    }

    private void next() {
        left = at + BYTES > how.length ? Integer.MAX_VALUE : how[at] & 0x1f;
    }

    /** Whether the stream is to end. */
    synchronized boolean ended() {
        return ended;
    }

    /** What becomes of the next PDU. */
    synchronized byte[] spoilt(byte[] pdu) {
        if (ended) return new byte[0];
        if (left-- > 0) return pdu;
        int where = ((how[at + 1] & 0xff) | (how[at + 2] & 0xff) << 8) % pdu.length;
        byte with = how[at + 3];
        var spoilt = spoilt(pdu, (how[at] & 0xff) >> 5, where, with);
        at += BYTES;
        next();
        return spoilt;
    }

    private byte[] spoilt(byte[] pdu, int what, int where, byte with) {
        return switch (what) {
            case 0, 1, 2 -> {
                pdu[where] = (byte) (pdu[where] ^ (with == 0 ? 1 : with));
                yield pdu;
            }
            // A number of 32 bits: small, or next to the largest.
            case 3 -> number(pdu, where & ~3, with);
            case 4 -> inserted(pdu, where, with);
            case 5 -> twice(pdu);
            case 6 -> new byte[0];
            default -> {
                ended = true;
                yield Arrays.copyOf(pdu, where);
            }
        };
    }

    private static byte[] number(byte[] pdu, int where, int number) {
        if (where + 4 <= pdu.length)
            ByteBuffer.wrap(pdu).order(ByteOrder.LITTLE_ENDIAN).putInt(where, number);
        return pdu;
    }

    private static byte[] inserted(byte[] pdu, int where, byte with) {
        var longer = Arrays.copyOf(pdu, pdu.length + 1);
        System.arraycopy(pdu, where, longer, where + 1, pdu.length - where);
        longer[where] = with;
        return longer;
    }

    private static byte[] twice(byte[] pdu) {
        var both = Arrays.copyOf(pdu, pdu.length * 2);
        System.arraycopy(pdu, 0, both, pdu.length, pdu.length);
        return both;
    }
}
