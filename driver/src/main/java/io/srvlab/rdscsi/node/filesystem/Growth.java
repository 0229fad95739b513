package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Resizing;
import java.io.IOException;
import java.nio.file.Path;

/** Grows mounted filesystems to the size of their device. */
public final class Growth {
    /** A last piece of a block group or allocation group that is too small for its own administration stays unused. */
    private static final long UNUSED_MAX = 8 << 20;

    private Growth() {}

    /** How large the filesystem of {@code type} on {@code device} is, in bytes, by itself. */
    public static long size(FsType type, BlockDevice device, Path mountPoint) throws IOException {
        return switch (type) {
            case EXT4 -> ext4(device).bytes();
            case XFS -> Resizing.xfsSize(mountPoint);
            case BTRFS -> Resizing.btrfsSize(mountPoint);
        };
    }

    /** Has the kernel grow it to {@code size}; returns when it has. */
    public static void grow(FsType type, BlockDevice device, Path mountPoint, long size) throws IOException {
        switch (type) {
            case EXT4 -> Resizing.growExt4(mountPoint, size / ext4(device).blockSize());
            case XFS -> Resizing.growXfs(mountPoint, size);
            case BTRFS -> Resizing.growBtrfs(mountPoint);
        }
    }

    /** Whether a filesystem of so many bytes leaves no more of its device unused than has to be. */
    public static boolean fills(long filesystem, long device) {
        return filesystem >= device - UNUSED_MAX;
    }

    private static Superblock.Ext ext4(BlockDevice device) throws IOException {
        return Superblock.Ext.read(device);
    }
}
