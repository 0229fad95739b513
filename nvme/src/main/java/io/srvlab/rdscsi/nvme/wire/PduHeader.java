package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;

/**
 * The header that every PDU begins with, checked: no more than {@code length} bytes need be read, and that is within the
 * receiver's limits.
 *
 * @param flags as {@link PduWriter} has them
 * @param dataOffset where data begins; {@code length} if there is none
 * @param dataBytes without its digest
 * @param length of the whole PDU
 */
record PduHeader(PduType type, int flags, int dataOffset, int dataBytes, int length) {
    // A termination request repeats the header that it complains of, and no more.
    private static final int TERMINATION_BYTES_MAX = 152;
    private static final int PADDING_BYTES_MAX = 128;

    /** From the first 8 bytes of a PDU. */
    static PduHeader read(ByteBuffer from, Side sender, Digests agreed, PduReader.Limits limits) throws ProtocolError {
        int number = from.get() & 0xff;
        int flags = from.get() & 0xff;
        int headerBytes = from.get() & 0xff;
        int dataOffset = from.get() & 0xff;
        long length = Integer.toUnsignedLong(from.getInt());
        var type = PduType.of(number);
        if (type == null || type.sender != sender) {
            throw ProtocolError.field(0, "a %s does not send PDUs of type %02x".formatted(sender, number));
        }
        if (headerBytes != type.headerBytes) {
            throw ProtocolError.field(2, "a header of %d bytes on %s".formatted(headerBytes, type));
        }
        var digests = type.carriesDigests() ? agreed : Digests.NONE;
        if (digests.header() != ((flags & PduWriter.HEADER_DIGEST_FLAG) != 0)) {
            throw ProtocolError.field(1, type + (digests.header() ? " without" : " with") + " a header digest");
        }
        int bare = headerBytes + digests.headerBytes();
        boolean data = type.mayCarryData() && length != bare;
        return data
                ? withData(type, flags, dataOffset, length, bare, digests, limits)
                : withoutData(type, flags, length, bare);
    }

    private static PduHeader withoutData(PduType type, int flags, long length, int bare) throws ProtocolError {
        boolean fits = type.isTermination() ? length >= bare && length <= TERMINATION_BYTES_MAX : length == bare;
        if (!fits) throw ProtocolError.field(4, "a length of %d on %s".formatted(length, type));
        return new PduHeader(type, flags, (int) length, 0, (int) length);
    }

    private static PduHeader withData(
            PduType type, int flags, int dataOffset, long length, int bare, Digests digests, PduReader.Limits limits)
            throws ProtocolError {
        if (digests.data() != ((flags & PduWriter.DATA_DIGEST_FLAG) != 0)) {
            throw ProtocolError.field(1, type + (digests.data() ? " without" : " with") + " a data digest");
        }
        if (dataOffset < bare || dataOffset > bare + PADDING_BYTES_MAX) {
            throw ProtocolError.field(3, "data at %d of %s".formatted(dataOffset, type));
        }
        long bytes = length - dataOffset - digests.dataBytes();
        if (bytes < 1) throw ProtocolError.field(4, "a length of %d on %s".formatted(length, type));
        int most = type == PduType.CAPSULE_CMD ? limits.capsuleData() : limits.transferData();
        if (bytes > most) throw ProtocolError.limit(4, "%d bytes of data in %s".formatted(bytes, type));
        return new PduHeader(type, flags, dataOffset, (int) bytes, (int) length);
    }

    boolean last() {
        return (flags & PduWriter.LAST_FLAG) != 0;
    }

    boolean success() {
        return (flags & PduWriter.SUCCESS_FLAG) != 0;
    }
}
