package io.srvlab.rdscsi.nvme.wire;

import java.io.IOException;

/** What the other side sent is not NVMe over TCP as agreed. The connection cannot go on. */
public final class ProtocolError extends IOException {
    /** Fatal error status of a termination request, by its number on the wire. */
    public enum Kind {
        INVALID_HEADER_FIELD(1),
        SEQUENCE_ERROR(2),
        HEADER_DIGEST_ERROR(3),
        DATA_OUT_OF_RANGE(4),
        LIMIT_EXCEEDED(5),
        UNSUPPORTED_PARAMETER(6);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    private final Kind kind;
    private final int offset;

    /** @param offset of the field at fault in its PDU, in bytes; 0 where none is */
    public ProtocolError(Kind kind, int offset, String message) {
        super(message);
        this.kind = kind;
        this.offset = offset;
    }

    public static ProtocolError field(int offset, String message) {
        return new ProtocolError(Kind.INVALID_HEADER_FIELD, offset, message);
    }

    public static ProtocolError sequence(String message) {
        return new ProtocolError(Kind.SEQUENCE_ERROR, 0, message);
    }

    public static ProtocolError range(int offset, String message) {
        return new ProtocolError(Kind.DATA_OUT_OF_RANGE, offset, message);
    }

    public static ProtocolError limit(int offset, String message) {
        return new ProtocolError(Kind.LIMIT_EXCEEDED, offset, message);
    }

    public static ProtocolError unsupported(int offset, String message) {
        return new ProtocolError(Kind.UNSUPPORTED_PARAMETER, offset, message);
    }

    public Kind kind() {
        return kind;
    }

    public int offset() {
        return offset;
    }
}
