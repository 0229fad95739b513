package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The log of an xfs filesystem that was just made. mkfs.xfs zeroes it by one command to the device, which it believes; where
 * that cannot be believed, this looks, and writes zeros where there are none.
 */
final class XfsLog {
    /** What mkfs itself writes lies in the first stripe of the log, which has at most 256 KiB (log_sunit in xfs(5)). */
    private static final long WRITTEN_BY_MKFS = 256 << 10;

    private static final int PIECE = 1 << 20;
    private static final int SUPERBLOCK = 512;

    private XfsLog() {}

    /** Makes all of it zero that mkfs did not write; returns when that is on the medium. */
    static void zeroRest(BlockDevice device) throws IOException {
        try (var open = device.open(BlockDevice.Mode.WRITABLE_DIRECT);
                var arena = Arena.ofConfined()) {
            var area = Area.of(read(open, 0, arena.allocate(PIECE, SUPERBLOCK)).asByteBuffer());
            var piece = arena.allocate(PIECE, SUPERBLOCK << 3);
            var zeros = arena.allocate(PIECE, SUPERBLOCK << 3);
            for (var at = area.begin + WRITTEN_BY_MKFS; at < area.end; at += PIECE) {
                var length = Math.min(PIECE, area.end - at);
                var held = read(open, at, piece.asSlice(0, length));
                if (held.mismatch(zeros.asSlice(0, length)) >= 0) open.write(at, zeros.asSlice(0, length));
            }
            open.flush();
        }
    }

    private static MemorySegment read(BlockDevice.Open open, long at, MemorySegment into) throws IOException {
        var got = open.read(at, into);
        if (got != into.byteSize()) {
            throw new IOException("only " + got + " of " + into.byteSize() + " bytes could be read at byte " + at);
        }
        return into;
    }

    /** Where the log lies, from the superblock (sb_logstart and the fields it is made of, in xfs' on-disk format). */
    private record Area(long begin, long end) {
        static Area of(ByteBuffer superblock) {
            var blockSize = Integer.toUnsignedLong(superblock.getInt(4));
            var start = superblock.getLong(48);
            var groupBlocks = Integer.toUnsignedLong(superblock.getInt(84));
            var blocks = Integer.toUnsignedLong(superblock.getInt(96));
            var groupBits = superblock.get(124);
            var begin = ((start >>> groupBits) * groupBlocks + (start & ((1L << groupBits) - 1))) * blockSize;
            return new Area(begin, begin + blocks * blockSize);
        }
    }
}
