package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a namespace that no other one has: the namespace identification descriptors.
 *
 * @param uuid null if it has none
 * @param nguid null if it has none
 */
public record NamespaceIds(@Nullable UUID uuid, @Nullable UUID nguid) {
    private static final int HEADER_BYTES = 4;
    private static final int NGUID = 2;
    private static final int UUID_TYPE = 3;

    public ByteBuffer bytes() {
        var to = ByteBuffer.allocate(Commands.IDENTIFY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        if (nguid != null) at = put(to, at, NGUID, nguid);
        if (uuid != null) put(to, at, UUID_TYPE, uuid);
        return to;
    }

    private static int put(ByteBuffer to, int at, int type, UUID id) {
        to.put(at, (byte) type).put(at + 1, (byte) 16);
        Text.putUuid(to, at + HEADER_BYTES, id);
        return at + HEADER_BYTES + 16;
    }

    /**
     * From an Identify's data.
     *
     * @throws ProtocolError a descriptor reaches beyond the end, or is not as long as its type is
     */
    public static NamespaceIds read(ByteBuffer data) throws ProtocolError {
        var from = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        UUID uuid = null;
        UUID nguid = null;
        int at = 0;
        while (at + HEADER_BYTES <= from.limit() && from.get(at + 1) != 0) {
            int type = from.get(at) & 0xff;
            int length = from.get(at + 1) & 0xff;
            boolean id = type == NGUID || type == UUID_TYPE;
            if (at + HEADER_BYTES + length > from.limit() || (id && length != 16)) {
                throw ProtocolError.range(at, "a namespace descriptor of type %d, %d bytes".formatted(type, length));
            }
            if (type == NGUID) nguid = Text.getUuid(from, at + HEADER_BYTES);
            if (type == UUID_TYPE) uuid = Text.getUuid(from, at + HEADER_BYTES);
            at += HEADER_BYTES + length;
        }
        return new NamespaceIds(uuid, nguid);
    }

    /** A list of namespace ids, in ascending order. */
    public static ByteBuffer listBytes(List<Integer> namespaces) {
        var to = ByteBuffer.allocate(Commands.IDENTIFY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        namespaces.forEach(to::putInt);
        return to.clear();
    }

    /** The ids of a list: up to the first that is 0. */
    public static List<Integer> readList(ByteBuffer data) {
        var from = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        var found = new ArrayList<Integer>();
        while (from.remaining() >= 4) {
            int id = from.getInt();
            if (id == 0) break;
            found.add(id);
        }
        return found;
    }
}
