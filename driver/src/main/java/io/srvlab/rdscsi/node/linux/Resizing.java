package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * How large mounted filesystems are, and their growing: the ioctls that resize2fs, xfs_growfs and btrfs use too. All
 * sizes in bytes. Structures as in ext4's, xfs_fs.h and linux/btrfs.h, the same on x86-64 and aarch64.
 */
public final class Resizing {
    private static final long EXT4_IOC_RESIZE_FS = 0x40086610L;
    private static final long XFS_IOC_FSGEOMETRY_V1 = 0x80705864L;
    private static final int XFS_GEOMETRY_SIZE = 112;
    private static final long XFS_IOC_FSGROWFSDATA = 0x4010586eL;
    private static final long BTRFS_IOC_RESIZE = 0x50009403L;
    private static final long BTRFS_IOC_DEV_INFO = 0xd000941eL;
    private static final int BTRFS_ARGUMENT_SIZE = 4096;

    private Resizing() {}

    /** Has an ext4 take up {@code blocks} blocks of its own size. */
    public static void growExt4(Path mountPoint, long blocks) throws IOException {
        try (var arena = Arena.ofConfined()) {
            ask("EXT4_IOC_RESIZE_FS", mountPoint, EXT4_IOC_RESIZE_FS, arena.allocateFrom(JAVA_LONG, blocks));
        }
    }

    public static long xfsSize(Path mountPoint) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var geometry = xfsGeometry(mountPoint, arena);
            return geometry.get(JAVA_LONG, 32) * geometry.get(JAVA_INT, 0);
        }
    }

    /** Has an xfs take up so many bytes; what is no whole block stays unused. */
    public static void growXfs(Path mountPoint, long bytes) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var geometry = xfsGeometry(mountPoint, arena);
            var wanted = arena.allocate(16, 8);
            wanted.set(JAVA_LONG, 0, bytes / geometry.get(JAVA_INT, 0));
            wanted.set(JAVA_INT, 8, geometry.get(JAVA_INT, 28)); // imaxpct, as it is
            ask("XFS_IOC_FSGROWFSDATA", mountPoint, XFS_IOC_FSGROWFSDATA, wanted);
        }
    }

    private static MemorySegment xfsGeometry(Path mountPoint, Arena arena) throws IOException {
        var geometry = arena.allocate(XFS_GEOMETRY_SIZE, 8);
        ask("XFS_IOC_FSGEOMETRY_V1", mountPoint, XFS_IOC_FSGEOMETRY_V1, geometry);
        return geometry;
    }

    /** Of a btrfs on one device, which has number 1. */
    public static long btrfsSize(Path mountPoint) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var info = arena.allocate(BTRFS_ARGUMENT_SIZE, 8);
            info.set(JAVA_LONG, 0, 1);
            ask("BTRFS_IOC_DEV_INFO", mountPoint, BTRFS_IOC_DEV_INFO, info);
            return info.get(JAVA_LONG, 32);
        }
    }

    /** Has a btrfs on one device take up all of it. */
    public static void growBtrfs(Path mountPoint) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var wanted = arena.allocate(BTRFS_ARGUMENT_SIZE, 8);
            wanted.setString(8, "1:max", StandardCharsets.US_ASCII);
            ask("BTRFS_IOC_RESIZE", mountPoint, BTRFS_IOC_RESIZE, wanted);
        }
    }

    private static void ask(String what, Path mountPoint, long request, MemorySegment argument) throws IOException {
        var fd = Libc.open(mountPoint.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
        try {
            Libc.ioctl(what, mountPoint.toString(), fd, request, argument);
        } finally {
            Libc.close(fd);
        }
    }
}
