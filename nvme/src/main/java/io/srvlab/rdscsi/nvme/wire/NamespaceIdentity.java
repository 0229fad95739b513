package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * What a namespace is: Identify Namespace, as far as this project uses it.
 *
 * @param blocks its size
 * @param blockShift the size of a block, as a power of 2; 9 to 16
 * @param nguid its globally unique id, all zero if it has none
 */
public record NamespaceIdentity(long blocks, int blockShift, UUID nguid) {
    public NamespaceIdentity {
        if (blocks < 0 || blockShift < 9 || blockShift > 16) {
            throw new IllegalArgumentException("not a namespace: " + blocks + " blocks of 2^" + blockShift);
        }
    }

    public ByteBuffer bytes() {
        var to = ByteBuffer.allocate(Commands.IDENTIFY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        to.putLong(0, blocks).putLong(8, blocks).putLong(16, blocks);
        Text.putUuid(to, 104, nguid);
        to.put(130, (byte) blockShift);
        return to;
    }

    /**
     * From an Identify's data.
     *
     * @throws ProtocolError its block size is none, or blocks carry metadata, which nothing here can move
     */
    public static NamespaceIdentity read(ByteBuffer data) throws ProtocolError {
        var from = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        int flbas = from.get(26) & 0xff;
        int format = (flbas & 0xf) | ((flbas >> 5 & 3) << 4);
        long described = Integer.toUnsignedLong(from.getInt(128 + 4 * format));
        long blocks = from.getLong(0);
        int shift = (int) (described >> 16 & 0xff);
        if (blocks < 0 || shift < 9 || shift > 16 || (described & 0xffff) != 0) {
            throw ProtocolError.range(0, "a namespace of %d blocks, format %08x".formatted(blocks, described));
        }
        return new NamespaceIdentity(blocks, shift, Text.getUuid(from, 104));
    }
}
