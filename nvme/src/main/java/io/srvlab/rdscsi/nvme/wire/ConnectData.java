package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * Who connects to what: the data of a Connect command.
 *
 * @param controllerId {@link #ANY_CONTROLLER} on the admin queue, the one given on the others
 */
public record ConnectData(UUID hostId, int controllerId, String subsystem, String host) {
    public static final int BYTES = 1024;
    public static final int ANY_CONTROLLER = 0xffff;

    /** The longest name, in bytes: 223 and a NUL, in a field of 256. */
    public static final int NAME_BYTES_MAX = 223;

    // Where the fields are, which a refusal names.
    public static final int CONTROLLER_ID_AT = 16;
    public static final int SUBSYSTEM_AT = 256;
    public static final int HOST_AT = 512;
    private static final int NAME_BYTES = 256;

    public ByteBuffer bytes() {
        var to = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Text.putUuid(to, 0, hostId);
        to.putShort(CONTROLLER_ID_AT, (short) controllerId);
        Text.put(to, SUBSYSTEM_AT, NAME_BYTES, subsystem, '\0');
        Text.put(to, HOST_AT, NAME_BYTES, host, '\0');
        return to;
    }

    /**
     * From a Connect's data.
     *
     * @throws ProtocolError it is not as long as it must be
     */
    public static ConnectData read(ByteBuffer data) throws ProtocolError {
        if (data.remaining() != BYTES) {
            throw ProtocolError.range(0, "Connect with " + data.remaining() + " bytes of data");
        }
        var from = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        return new ConnectData(
                Text.getUuid(from, 0),
                from.getShort(CONTROLLER_ID_AT) & 0xffff,
                Text.exactly(from, SUBSYSTEM_AT, NAME_BYTES),
                Text.exactly(from, HOST_AT, NAME_BYTES));
    }
}
