package io.srvlab.rdscsi.nvme.wire;

import java.util.zip.CRC32C;

/** Which CRC32C digests a connection carries, as agreed with ICReq and ICResp. */
public record Digests(boolean header, boolean data) {
    public static final Digests NONE = new Digests(false, false);
    public static final int BYTES = 4;

    static Digests of(int bits) {
        return new Digests((bits & 1) != 0, (bits & 2) != 0);
    }

    int bits() {
        return (header ? 1 : 0) | (data ? 2 : 0);
    }

    int headerBytes() {
        return header ? BYTES : 0;
    }

    int dataBytes() {
        return data ? BYTES : 0;
    }

    static int crc(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
