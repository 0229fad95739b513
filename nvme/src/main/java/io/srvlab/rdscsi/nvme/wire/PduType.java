package io.srvlab.rdscsi.nvme.wire;

import org.jspecify.annotations.Nullable;

/** The types of PDU, with their number and the exact length of their header. */
enum PduType {
    IC_REQ(0x00, 128, Side.HOST),
    IC_RESP(0x01, 128, Side.CONTROLLER),
    H2C_TERM_REQ(0x02, 24, Side.HOST),
    C2H_TERM_REQ(0x03, 24, Side.CONTROLLER),
    CAPSULE_CMD(0x04, 72, Side.HOST),
    CAPSULE_RESP(0x05, 24, Side.CONTROLLER),
    H2C_DATA(0x06, 24, Side.HOST),
    C2H_DATA(0x07, 24, Side.CONTROLLER),
    R2T(0x09, 24, Side.CONTROLLER);

    final int number;
    final int headerBytes;
    final Side sender;

    PduType(int number, int headerBytes, Side sender) {
        this.number = number;
        this.headerBytes = headerBytes;
        this.sender = sender;
    }

    static @Nullable PduType of(int number) {
        for (var type : values()) if (type.number == number) return type;
        return null;
    }

    /** Whether digests, once agreed, are on PDUs of this type. */
    boolean carriesDigests() {
        return this != IC_REQ && this != IC_RESP && !isTermination();
    }

    boolean isTermination() {
        return this == H2C_TERM_REQ || this == C2H_TERM_REQ;
    }

    boolean mayCarryData() {
        return this == CAPSULE_CMD || this == H2C_DATA || this == C2H_DATA;
    }
}
