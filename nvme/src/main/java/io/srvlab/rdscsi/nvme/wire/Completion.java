package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;

/**
 * A command's end: a completion queue entry, 16 bytes.
 *
 * @param result dwords 0 and 1; what they mean depends on the command
 * @param queueHead how far the target has read the submission queue, 16 bits
 * @param queueId 16 bits
 * @param commandId that of the command
 */
public record Completion(long result, int queueHead, int queueId, int commandId, Status status) {
    static final int BYTES = 16;

    static Completion read(ByteBuffer from) {
        return new Completion(
                from.getLong(),
                from.getShort() & 0xffff,
                from.getShort() & 0xffff,
                from.getShort() & 0xffff,
                Status.of((from.getShort() & 0xffff) >> 1));
    }

    void write(ByteBuffer to) {
        to.putLong(result).putShort((short) queueHead).putShort((short) queueId).putShort((short) commandId);
        to.putShort((short) (status.bits() << 1));
    }
}
