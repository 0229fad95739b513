package io.srvlab.rdscsi.nvme.wire;

/**
 * Where a command's data is: one descriptor, 16 bytes.
 *
 * @param address offset in the capsule for data in it; nothing otherwise
 * @param length in bytes, unsigned 32 bits
 * @param type descriptor type and subtype, 8 bits
 */
public record Sgl(long address, long length, int type) {
    /** Data block at an offset: the data is in the capsule. */
    public static final int IN_CAPSULE = 0x01;

    /** Transport data block: the data travels in PDUs of its own. */
    public static final int TRANSPORT = 0x5a;

    public static final Sgl NONE = new Sgl(0, 0, TRANSPORT);

    public static Sgl inCapsule(int length) {
        return new Sgl(0, length, IN_CAPSULE);
    }

    public static Sgl transport(int length) {
        return new Sgl(0, length, TRANSPORT);
    }
}
