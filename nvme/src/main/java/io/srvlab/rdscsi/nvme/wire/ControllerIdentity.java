package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a controller says of itself: Identify Controller.
 *
 * @param mdts the most data in one command: 2 to this power pages of 4096 bytes; 0: no limit
 * @param asyncEvents which events it reports (OAES)
 * @param kind 1: of an I/O subsystem, 2: of a discovery service
 * @param keepAliveSupport granularity of the keep-alive timer, in 100 ms; never 0
 * @param commandsMax the most commands outstanding on a queue
 * @param namespaces the highest namespace id
 * @param optionalCommands ONCS; bit 3: Write Zeroes
 * @param writeCache whether writes are durable only after a flush (VWC)
 * @param capsuleUnits size of a command capsule in 16 bytes (IOCCSZ), at least 4
 */
public record ControllerIdentity(
        String serial,
        String model,
        String firmware,
        int mdts,
        int controllerId,
        int version,
        int asyncEvents,
        int kind,
        int keepAliveSupport,
        int commandsMax,
        int namespaces,
        int optionalCommands,
        boolean writeCache,
        String subsystem,
        int capsuleUnits) {
    public static final int IO = 1;
    public static final int DISCOVERY = 2;

    /** OAES: a namespace's attributes changed. */
    public static final int NAMESPACE_CHANGED = 0x100;

    /** ONCS. */
    public static final int WRITE_ZEROES = 0x08;

    private static final int PAGE_BYTES = 4096;

    /** The most data in one command, in bytes, where it says so; else {@code otherwise}. */
    public int transferBytesMax(int otherwise) {
        return mdts == 0 || mdts > 16 ? otherwise : Math.min(otherwise, PAGE_BYTES << mdts);
    }

    /** How much data an I/O command's capsule may carry, in bytes. */
    public int capsuleDataBytesMax() {
        return Math.clamp((long) capsuleUnits * 16 - SubmissionEntry.BYTES, 0, 1 << 20);
    }

    public ByteBuffer bytes() {
        var to = ByteBuffer.allocate(Commands.IDENTIFY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Text.put(to, 4, 20, serial, ' ');
        Text.put(to, 24, 40, model, ' ');
        Text.put(to, 64, 8, firmware, ' ');
        to.put(77, (byte) mdts);
        to.putShort(78, (short) controllerId);
        to.putInt(80, version);
        to.putInt(92, asyncEvents);
        to.put(111, (byte) kind);
        to.put(258, (byte) 3); // ACL: four aborts at a time, 0-based
        to.putShort(320, (short) keepAliveSupport);
        to.put(512, (byte) 0x66).put(513, (byte) 0x44); // entries of 64 and 16 bytes
        to.putShort(514, (short) commandsMax);
        to.putInt(516, namespaces);
        to.putShort(520, (short) optionalCommands);
        to.put(525, (byte) (writeCache ? 1 : 0));
        to.putInt(536, 1 | 1 << 20); // SGLS: SGLs of any alignment; offsets in the capsule
        Text.put(to, 768, 256, subsystem, '\0');
        to.putInt(1792, capsuleUnits);
        to.putInt(1796, 1); // IORCSZ: a response is one completion
        to.put(1803, (byte) 1); // MSDBD: one descriptor
        return to;
    }

    public static ControllerIdentity read(ByteBuffer data) {
        var from = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        return new ControllerIdentity(
                Text.get(from, 4, 20),
                Text.get(from, 24, 40),
                Text.get(from, 64, 8),
                from.get(77) & 0xff,
                from.getShort(78) & 0xffff,
                from.getInt(80),
                from.getInt(92),
                from.get(111) & 0xff,
                from.getShort(320) & 0xffff,
                from.getShort(514) & 0xffff,
                from.getInt(516),
                from.getShort(520) & 0xffff,
                (from.get(525) & 1) != 0,
                Text.get(from, 768, 256),
                from.getInt(1792));
    }
}
