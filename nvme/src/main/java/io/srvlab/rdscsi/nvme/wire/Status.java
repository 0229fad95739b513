package io.srvlab.rdscsi.nvme.wire;

/**
 * How a command ended.
 *
 * @param type status code type, 3 bits: 0 generic, 1 command specific, 2 media and data integrity, 3 path
 * @param code status code, 8 bits; its meaning depends on the type
 * @param retryDelay index into the command retry delay times, 2 bits
 * @param more whether the error log has more of it
 * @param doNotRetry whether the same command again is expected to fail as well
 */
public record Status(int type, int code, int retryDelay, boolean more, boolean doNotRetry) {
    public static final Status SUCCESS = retriable(0, 0x00);
    public static final Status INVALID_OPCODE = last(0, 0x01);
    public static final Status INVALID_FIELD = last(0, 0x02);
    public static final Status INTERNAL_ERROR = retriable(0, 0x06);
    public static final Status INVALID_NAMESPACE = last(0, 0x0b);
    public static final Status SEQUENCE_ERROR = last(0, 0x0c);
    public static final Status SGL_LENGTH_INVALID = last(0, 0x0f);
    public static final Status SGL_TYPE_INVALID = last(0, 0x11);
    public static final Status LBA_OUT_OF_RANGE = last(0, 0x80);
    public static final Status INVALID_LOG_PAGE = last(1, 0x09);
    public static final Status EVENT_LIMIT_EXCEEDED = last(1, 0x05);
    public static final Status CONNECT_INCOMPATIBLE_FORMAT = last(1, 0x80);
    public static final Status CONNECT_BUSY = retriable(1, 0x81);
    public static final Status CONNECT_INVALID_PARAMETERS = last(1, 0x82);
    public static final Status CONNECT_INVALID_HOST = last(1, 0x84);
    public static final Status WRITE_FAULT = last(2, 0x80);
    public static final Status READ_ERROR = last(2, 0x81);

    public Status {
        if (type >> 3 != 0 || code >> 8 != 0 || retryDelay >> 2 != 0) {
            throw new IllegalArgumentException("not a status: " + type + "/" + code + "/" + retryDelay);
        }
    }

    /** From the 15 bits above the phase tag of a completion. */
    static Status of(int bits) {
        return new Status(bits >> 8 & 7, bits & 0xff, bits >> 11 & 3, (bits & 0x2000) != 0, (bits & 0x4000) != 0);
    }

    /** The same, to be tried again. */
    public Status retriable() {
        return new Status(type, code, retryDelay, more, false);
    }

    public boolean ok() {
        return type == 0 && code == 0;
    }

    /** Whether it means the same, whatever it says of retrying. */
    public boolean is(Status other) {
        return type == other.type && code == other.code;
    }

    int bits() {
        return code | type << 8 | retryDelay << 11 | (more ? 0x2000 : 0) | (doNotRetry ? 0x4000 : 0);
    }

    private static Status retriable(int type, int code) {
        return new Status(type, code, 0, false, false);
    }

    private static Status last(int type, int code) {
        return new Status(type, code, 0, false, true);
    }

    /** As the specifications write it, with its meaning where one is known here. */
    @Override
    public String toString() {
        return "status %x/%02x%s%s".formatted(type, code, doNotRetry ? " (do not retry)" : "", meaning());
    }

    private String meaning() {
        return switch (type << 8 | code) {
            case 0x000 -> ": success";
            case 0x001 -> ": invalid opcode";
            case 0x002 -> ": invalid field";
            case 0x006 -> ": internal error";
            case 0x00b -> ": invalid namespace";
            case 0x00c -> ": out of sequence";
            case 0x00f -> ": data length invalid";
            case 0x011 -> ": data descriptor invalid";
            case 0x080 -> ": block out of range";
            case 0x105 -> ": too many event requests";
            case 0x109 -> ": invalid log page";
            case 0x180 -> ": incompatible format";
            case 0x181 -> ": controller busy";
            case 0x182 -> ": invalid connect parameters";
            case 0x184 -> ": host not allowed";
            case 0x191 -> ": authentication required";
            case 0x280 -> ": write fault";
            case 0x281 -> ": unrecovered read error";
            default -> "";
        };
    }
}
