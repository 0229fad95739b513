package io.srvlab.rdscsi.node.filesystem;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

/** Reads the superblocks of the filesystems that this driver knows, in a device's first MiB. */
final class Superblock {
    static final int EXT = 1024;
    static final int BTRFS = 64 << 10;
    static final int LENGTH_MAX = 4096;

    private Superblock() {}

    /** The size of an ext filesystem, in bytes. */
    record Ext(long blocks, long blockSize) {
        static Ext of(byte[] head) {
            var block = at(head, EXT, ByteOrder.LITTLE_ENDIAN);
            var blocks = Integer.toUnsignedLong(block.getInt(4));
            var has64Bit = (block.getInt(96) & 0x80) != 0;
            if (has64Bit) blocks |= Integer.toUnsignedLong(block.getInt(0x150)) << 32;
            return new Ext(blocks, 1024L << (block.getInt(24) & 0x3f));
        }

        /** Of a mounted one, as the kernel has it in memory now: through the page cache, which is where ext4 keeps it. */
        static Ext read(BlockDevice device) throws IOException {
            try (var open = device.open(BlockDevice.Mode.BUFFERED);
                    var arena = Arena.ofConfined()) {
                var head = arena.allocate(EXT + LENGTH_MAX);
                if (open.read(0, head) != head.byteSize()) throw new IOException(device + " ends in its superblock");
                return of(head.toArray(JAVA_BYTE));
            }
        }

        long bytes() {
            return blocks * blockSize;
        }
    }

    /** Of ext2, ext3 or ext4 ("The Super Block" in the kernel's ext4 documentation); or an external journal. */
    static DeviceContent ext(byte[] head) {
        var block = at(head, EXT, ByteOrder.LITTLE_ENDIAN);
        var compatible = block.getInt(92);
        var incompatible = block.getInt(96);
        var readOnlyCompatible = block.getInt(100);
        var journalDevice = 0x8;
        if ((incompatible & journalDevice) != 0) return new DeviceContent.Other("an external ext4 journal", EXT);
        var hasJournal = (compatible & 0x4) != 0;
        var bytes = Ext.of(head).bytes();
        return new DeviceContent.Filesystem(
                extType(hasJournal, incompatible, readOnlyCompatible),
                bytes,
                new UUID(bigEndian(head, EXT + 104), bigEndian(head, EXT + 112)),
                extDamage(block.getShort(58), hasJournal, bytes));
    }

    private static String extType(boolean hasJournal, int incompatible, int readOnlyCompatible) {
        var knownToExt3 = 0x2 | 0x4 | 0x10; // filetype, recover, meta_bg
        var readOnlyKnownToExt3 = 0x1 | 0x2 | 0x4; // sparse_super, large_file, btree_dir
        if ((incompatible & ~knownToExt3) != 0 || (readOnlyCompatible & ~readOnlyKnownToExt3) != 0) return "ext4";
        return hasJournal ? "ext3" : "ext2";
    }

    private static Optional<String> extDamage(short state, boolean hasJournal, long bytes) {
        var clean = (state & 1) != 0;
        if ((state & 2) != 0) return Optional.of("the kernel has noted errors in it");
        if (!clean && !hasJournal && bytes > 0) return Optional.of("it was not unmounted and has no journal");
        return Optional.empty();
    }

    /** Of xfs ("Superblocks" in its on-disk format). */
    static DeviceContent xfs(byte[] head) {
        var block = at(head, 0, ByteOrder.BIG_ENDIAN);
        if (block.get(126) != 0) return new DeviceContent.Other("an xfs filesystem that mkfs did not finish", 0);
        var needsRepair = (block.getInt(216) & 0x10) != 0;
        return new DeviceContent.Filesystem(
                "xfs",
                block.getLong(8) * block.getInt(4),
                new UUID(block.getLong(32), block.getLong(40)),
                needsRepair ? Optional.of("it is marked as needing repair") : Optional.empty());
    }

    /** Of btrfs ("Superblock" in its on-disk format). */
    static DeviceContent btrfs(byte[] head) {
        var block = at(head, BTRFS, ByteOrder.LITTLE_ENDIAN);
        return new DeviceContent.Filesystem(
                "btrfs",
                block.getLong(0x70),
                new UUID(bigEndian(head, BTRFS + 32), bigEndian(head, BTRFS + 40)),
                Optional.empty());
    }

    private static long bigEndian(byte[] head, int offset) {
        return at(head, offset, ByteOrder.BIG_ENDIAN).getLong(0);
    }

    /** What lies from {@code offset} on; zeros beyond the end. */
    private static ByteBuffer at(byte[] head, int offset, ByteOrder order) {
        var block = new byte[LENGTH_MAX];
        System.arraycopy(head, offset, block, 0, Math.min(LENGTH_MAX, head.length - offset));
        return ByteBuffer.wrap(block).order(order);
    }
}
