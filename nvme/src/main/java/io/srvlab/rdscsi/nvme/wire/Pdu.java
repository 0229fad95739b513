package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;

/**
 * What travels on a connection, one record for each type of PDU. Offsets and lengths are unsigned 32 bits on the wire. Data
 * is read-only, and each call of {@code data()} gives all of it anew.
 */
public sealed interface Pdu {
    /** Nothing, where a PDU may carry data and does not. */
    ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /**
     * Opens a connection.
     *
     * @param version of the PDU format: 0
     * @param alignment of data towards the host, 0-based in dwords
     * @param maxR2t R2Ts outstanding for a command, 0-based
     */
    record IcReq(int version, int alignment, Digests digests, long maxR2t) implements Pdu {}

    /**
     * The controller's answer to it.
     *
     * @param alignment of data towards the controller, 0-based in dwords
     * @param maxH2cData bytes of data in one {@link H2cData}
     */
    record IcResp(int version, int alignment, Digests digests, long maxH2cData) implements Pdu {}

    /** The host gives up; {@code status} as {@link ProtocolError.Kind} numbers it, {@code information} its details. */
    record H2cTermReq(int status, long information) implements Pdu {}

    /** The controller gives up. */
    record C2hTermReq(int status, long information) implements Pdu {}

    /** A command, with its data if that is in the capsule. */
    record CapsuleCmd(SubmissionEntry entry, ByteBuffer data) implements Pdu {
        public CapsuleCmd {
            data = data.asReadOnlyBuffer();
        }

        @Override
        public ByteBuffer data() {
            return data.duplicate();
        }
    }

    record CapsuleResp(Completion completion) implements Pdu {}

    /** Data of a write, on the target's request {@code transferTag}. */
    record H2cData(int commandId, int transferTag, long offset, boolean last, ByteBuffer data) implements Pdu {
        public H2cData {
            data = data.asReadOnlyBuffer();
        }

        @Override
        public ByteBuffer data() {
            return data.duplicate();
        }
    }

    /** Data of a read; {@code success}: no completion follows. */
    record C2hData(int commandId, long offset, boolean last, boolean success, ByteBuffer data) implements Pdu {
        public C2hData {
            data = data.asReadOnlyBuffer();
        }

        @Override
        public ByteBuffer data() {
            return data.duplicate();
        }
    }

    /** The target asks for a part of a write's data. */
    record R2t(int commandId, int transferTag, long offset, long length) implements Pdu {}
}
