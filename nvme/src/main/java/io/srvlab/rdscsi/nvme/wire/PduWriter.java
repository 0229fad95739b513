package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** PDUs as bytes. */
public final class PduWriter {
    static final int COMMON_HEADER_BYTES = 8;
    static final int HEADER_DIGEST_FLAG = 0x01;
    static final int DATA_DIGEST_FLAG = 0x02;
    static final int LAST_FLAG = 0x04;
    static final int SUCCESS_FLAG = 0x08;

    private PduWriter() {}

    /** The whole PDU, ready to be sent on a connection that carries these digests. */
    public static byte[] bytes(Pdu pdu, Digests agreed) {
        return switch (pdu) {
            case Pdu.IcReq p ->
                new Frame(PduType.IC_REQ, 0, Pdu.NO_DATA, agreed)
                        .fields(to -> to.putShort((short) p.version())
                                .put((byte) p.alignment())
                                .put((byte) p.digests().bits())
                                .putInt((int) p.maxR2t()));
            case Pdu.IcResp p ->
                new Frame(PduType.IC_RESP, 0, Pdu.NO_DATA, agreed)
                        .fields(to -> to.putShort((short) p.version())
                                .put((byte) p.alignment())
                                .put((byte) p.digests().bits())
                                .putInt((int) p.maxH2cData()));
            case Pdu.H2cTermReq p ->
                new Frame(PduType.H2C_TERM_REQ, 0, Pdu.NO_DATA, agreed)
                        .fields(to -> to.putShort((short) p.status()).putInt((int) p.information()));
            case Pdu.C2hTermReq p ->
                new Frame(PduType.C2H_TERM_REQ, 0, Pdu.NO_DATA, agreed)
                        .fields(to -> to.putShort((short) p.status()).putInt((int) p.information()));
            case Pdu.CapsuleCmd p -> new Frame(PduType.CAPSULE_CMD, 0, p.data(), agreed).fields(p.entry()::write);
            case Pdu.CapsuleResp p ->
                new Frame(PduType.CAPSULE_RESP, 0, Pdu.NO_DATA, agreed).fields(p.completion()::write);
            case Pdu.H2cData p ->
                new Frame(PduType.H2C_DATA, p.last() ? LAST_FLAG : 0, p.data(), agreed)
                        .fields(to -> transfer(
                                to,
                                p.commandId(),
                                p.transferTag(),
                                p.offset(),
                                p.data().remaining()));
            case Pdu.C2hData p ->
                new Frame(
                                PduType.C2H_DATA,
                                (p.last() ? LAST_FLAG : 0) | (p.success() ? SUCCESS_FLAG : 0),
                                p.data(),
                                agreed)
                        .fields(to -> transfer(
                                to, p.commandId(), 0, p.offset(), p.data().remaining()));
            case Pdu.R2t p ->
                new Frame(PduType.R2T, 0, Pdu.NO_DATA, agreed)
                        .fields(to -> transfer(to, p.commandId(), p.transferTag(), p.offset(), p.length()));
        };
    }

    private static void transfer(ByteBuffer to, int commandId, int tag, long offset, long length) {
        to.putShort((short) commandId)
                .putShort((short) tag)
                .putInt((int) offset)
                .putInt((int) length);
    }

    private interface Fields {
        void write(ByteBuffer to);
    }

    /** What surrounds the fields of a header: the common header, digests and data. */
    private record Frame(PduType type, int flags, ByteBuffer data, Digests agreed) {
        byte[] fields(Fields fields) {
            var digests = type.carriesDigests() ? agreed : Digests.NONE;
            boolean digested = digests.data() && data.hasRemaining();
            int dataAt = type.headerBytes + digests.headerBytes();
            var bytes = new byte[dataAt + data.remaining() + (digested ? Digests.BYTES : 0)];
            var to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            to.put((byte) type.number)
                    .put((byte)
                            (flags | (digests.header() ? HEADER_DIGEST_FLAG : 0) | (digested ? DATA_DIGEST_FLAG : 0)))
                    .put((byte) type.headerBytes)
                    .put((byte) (data.hasRemaining() ? dataAt : 0))
                    .putInt(bytes.length);
            fields.write(to);
            if (digests.header()) to.putInt(type.headerBytes, Digests.crc(bytes, 0, type.headerBytes));
            int length = data.remaining();
            to.position(dataAt).put(data);
            if (digested) to.putInt(Digests.crc(bytes, dataAt, length));
            return bytes;
        }
    }
}
