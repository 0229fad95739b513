package io.srvlab.rdscsi.nvme.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The PDUs that one side sends. Before memory is taken for one its header is checked against what was agreed and against the
 * limits. Not for several threads.
 */
public final class PduReader {
    /**
     * The most data that is taken in one PDU, in bytes.
     *
     * @param capsuleData with a command
     * @param transferData in a PDU of its own
     */
    public record Limits(int capsuleData, int transferData) {}

    private final InputStream in;
    private final Side sender;
    private Limits limits;
    private Digests agreed = Digests.NONE;

    /** Reads what {@code sender} sends, without digests until others are agreed. */
    public PduReader(InputStream in, Side sender, Limits limits) {
        this.in = in;
        this.sender = sender;
        this.limits = limits;
    }

    /** From the next PDU on these digests are expected. */
    public void agree(Digests digests) {
        agreed = digests;
    }

    /** From the next PDU on these limits hold. */
    public void limit(Limits limits) {
        this.limits = limits;
    }

    /**
     * Waits for the next PDU.
     *
     * @return null if the stream ended between two PDUs
     * @throws ProtocolError what came is none, or not now; the stream is of no use any more
     * @throws EOFException the stream ended within a PDU
     * @throws IOException the stream failed
     */
    public @Nullable Pdu next() throws IOException {
        var common = in.readNBytes(PduWriter.COMMON_HEADER_BYTES);
        if (common.length == 0) return null;
        if (common.length < PduWriter.COMMON_HEADER_BYTES) throw new EOFException("the stream ended within a header");
        var header = PduHeader.read(little(common), sender, agreed, limits);
        var bytes = new byte[header.length()];
        System.arraycopy(common, 0, bytes, 0, common.length);
        int rest = bytes.length - common.length;
        if (in.readNBytes(bytes, common.length, rest) < rest) {
            throw new EOFException("the stream ended within a PDU of type " + header.type());
        }
        checkDigests(header, bytes);
        var fields = little(bytes).position(PduWriter.COMMON_HEADER_BYTES);
        var data = little(bytes).slice(header.dataOffset(), header.dataBytes());
        return parse(header, fields, data);
    }

    private void checkDigests(PduHeader header, byte[] bytes) throws ProtocolError {
        if (!header.type().carriesDigests()) return;
        int headerBytes = header.type().headerBytes;
        if (agreed.header() && little(bytes).getInt(headerBytes) != Digests.crc(bytes, 0, headerBytes)) {
            throw new ProtocolError(
                    ProtocolError.Kind.HEADER_DIGEST_ERROR, 0, "wrong header digest on " + header.type());
        }
        if (!agreed.data() || header.dataBytes() == 0) return;
        int end = header.dataOffset() + header.dataBytes();
        if (little(bytes).getInt(end) != Digests.crc(bytes, header.dataOffset(), header.dataBytes())) {
            // The specification lets a command fail with a transient transport error instead; ending is always allowed.
            throw ProtocolError.range(0, "wrong data digest on " + header.type());
        }
    }

    private static Pdu parse(PduHeader header, ByteBuffer from, ByteBuffer data) throws ProtocolError {
        return switch (header.type()) {
            case IC_REQ -> new Pdu.IcReq(uint16(from), uint8(from), digests(from), uint32(from));
            case IC_RESP -> new Pdu.IcResp(uint16(from), uint8(from), digests(from), uint32(from));
            case H2C_TERM_REQ -> new Pdu.H2cTermReq(uint16(from), uint32(from));
            case C2H_TERM_REQ -> new Pdu.C2hTermReq(uint16(from), uint32(from));
            case CAPSULE_CMD -> new Pdu.CapsuleCmd(SubmissionEntry.read(from), data);
            case CAPSULE_RESP -> new Pdu.CapsuleResp(Completion.read(from));
            case R2T -> new Pdu.R2t(uint16(from), uint16(from), uint32(from), uint32(from));
            case H2C_DATA -> {
                int commandId = uint16(from);
                int tag = uint16(from);
                yield new Pdu.H2cData(commandId, tag, transfer(from, data), header.last(), data);
            }
            case C2H_DATA -> {
                int commandId = uint16(from);
                uint16(from); // reserved
                yield new Pdu.C2hData(commandId, transfer(from, data), header.last(), header.success(), data);
            }
        };
    }

    /** The offset of a transfer, whose length must be that of the data which came with it. */
    private static long transfer(ByteBuffer from, ByteBuffer data) throws ProtocolError {
        long offset = uint32(from);
        long length = uint32(from);
        if (length != data.remaining() || length == 0) {
            throw ProtocolError.field(16, "a transfer of %d bytes with %d".formatted(length, data.remaining()));
        }
        return offset;
    }

    private static Digests digests(ByteBuffer from) {
        return Digests.of(uint8(from));
    }

    private static int uint8(ByteBuffer from) {
        return from.get() & 0xff;
    }

    private static int uint16(ByteBuffer from) {
        return from.getShort() & 0xffff;
    }

    private static long uint32(ByteBuffer from) {
        return Integer.toUnsignedLong(from.getInt());
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
