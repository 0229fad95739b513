package io.srvlab.rdscsi.nvme.fuzz;

import java.io.ByteArrayOutputStream;

/**
 * Spoils a stream as some bytes say, three at a time: how many bytes to let pass (two of them, low byte first, 12 bits), what
 * to do then (the upper 4 bits), and with which byte. What to do: change one, insert one, drop one, or end the stream.
 */
final class Spoiler {
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
        if (at + 3 > how.length) {
            left = Integer.MAX_VALUE;
            return;
        }
        left = (how[at] & 0xff) | (how[at + 1] & 0x0f) << 8;
    }

    /** Whether the stream is to end. */
    synchronized boolean ended() {
        return ended;
    }

    /** What becomes of the next bytes of the stream. */
    synchronized byte[] spoilt(byte[] bytes, int length) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < length && !ended; i++) {
            if (left-- > 0) out.write(bytes[i]);
            else spoil(bytes[i], out);
        }
        return out.toByteArray();
    }

    private void spoil(byte next, ByteArrayOutputStream out) {
        byte with = how[at + 2];
        switch ((how[at + 1] >> 4) & 0x7) {
            case 0, 1, 2, 3 -> out.write(next ^ (with == 0 ? 1 : with));
            case 4 -> {
                out.write(with);
                out.write(next);
            }
            case 5 -> {
                // Dropped.
            }
            case 6 -> out.write(with);
            default -> ended = true;
        }
        at += 3;
        next();
    }
}
