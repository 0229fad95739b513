package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;

/**
 * A command: a submission queue entry, 64 bytes. The dwords that no command here uses are sent as zero and ignored.
 *
 * @param opcode 8 bits; {@link #FABRICS} for a Fabrics command
 * @param flags 8 bits; how data pointers are meant
 * @param commandId 16 bits, opaque to the target
 * @param dword1 the namespace id, or the Fabrics command's type in its lowest 8 bits
 */
public record SubmissionEntry(
        int opcode,
        int flags,
        int commandId,
        int dword1,
        Sgl sgl,
        int dword10,
        int dword11,
        int dword12,
        int dword13,
        int dword14,
        int dword15) {
    public static final int BYTES = 64;
    public static final int FABRICS = 0x7f;

    /** Data pointers are SGLs, which is all that Fabrics knows. */
    public static final int SGL_FLAG = 0x40;

    /** A command without an id yet. */
    static SubmissionEntry of(int opcode, int dword1, Sgl sgl, int dword10, int dword11, int dword12, int dword13) {
        return new SubmissionEntry(opcode, SGL_FLAG, 0, dword1, sgl, dword10, dword11, dword12, dword13, 0, 0);
    }

    public SubmissionEntry withCommandId(int id) {
        return new SubmissionEntry(
                opcode, flags, id, dword1, sgl, dword10, dword11, dword12, dword13, dword14, dword15);
    }

    public int fabricsType() {
        return dword1 & 0xff;
    }

    /** Two dwords as one number. */
    public static long wide(int low, int high) {
        return Integer.toUnsignedLong(low) | (long) high << 32;
    }

    static SubmissionEntry read(ByteBuffer from) {
        int opcode = from.get() & 0xff;
        int flags = from.get() & 0xff;
        int commandId = from.getShort() & 0xffff;
        int dword1 = from.getInt();
        from.position(from.position() + 16); // dwords 2 to 5
        var sgl = new Sgl(from.getLong(), Integer.toUnsignedLong(from.getInt()), from.getInt() >>> 24);
        return new SubmissionEntry(
                opcode,
                flags,
                commandId,
                dword1,
                sgl,
                from.getInt(),
                from.getInt(),
                from.getInt(),
                from.getInt(),
                from.getInt(),
                from.getInt());
    }

    void write(ByteBuffer to) {
        to.put((byte) opcode).put((byte) flags).putShort((short) commandId).putInt(dword1);
        to.putLong(0).putLong(0);
        to.putLong(sgl.address()).putInt((int) sgl.length()).putInt(sgl.type() << 24);
        to.putInt(dword10).putInt(dword11).putInt(dword12);
        to.putInt(dword13).putInt(dword14).putInt(dword15);
    }
}
