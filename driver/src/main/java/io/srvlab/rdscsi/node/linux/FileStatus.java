package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What statx(2) says of a file. Its structure, unlike that of stat(2), is the same on every processor.
 *
 * @param kind what the file is
 * @param device the device that the file lies on
 * @param inode its number there
 * @param node for a device node, the device that it stands for
 * @param size in bytes
 * @param writable whether its owner may write to it, by its mode
 */
public record FileStatus(Kind kind, DeviceNumber device, long inode, DeviceNumber node, long size, boolean writable) {
    public enum Kind {
        DIRECTORY,
        REGULAR,
        SYMLINK,
        BLOCK_DEVICE,
        OTHER
    }

    /** Of the file itself, a symbolic link not followed; nothing if there is none. */
    public static Optional<FileStatus> of(Path path) throws IOException {
        return at(path.toString(), Libc.AT_SYMLINK_NOFOLLOW);
    }

    /** Of what the path leads to; nothing if it leads nowhere. */
    public static Optional<FileStatus> following(Path path) throws IOException {
        return at(path.toString(), 0);
    }

    /** As {@link #following}, but from what the kernel has at hand: it asks no file server, which may be gone. */
    static Optional<FileStatus> atOnce(Path path) throws IOException {
        return at(path.toString(), Libc.AT_STATX_DONT_SYNC);
    }

    static FileStatus of(int fd, String name) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(256, 8);
            Libc.statx(fd, "", Libc.AT_EMPTY_PATH, buffer);
            return read(buffer);
        } catch (ErrnoException e) {
            throw new ErrnoException("stat", name, e.errno());
        }
    }

    private static Optional<FileStatus> at(String path, int flags) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(256, 8);
            Libc.statx(Libc.AT_FDCWD, path, flags, buffer);
            return Optional.of(read(buffer));
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) return Optional.empty();
            throw e;
        }
    }

    private static FileStatus read(MemorySegment statx) {
        return new FileStatus(
                kind(statx.get(JAVA_SHORT, 28) & 0xf000),
                new DeviceNumber(statx.get(JAVA_INT, 136), statx.get(JAVA_INT, 140)),
                statx.get(JAVA_LONG, 32),
                new DeviceNumber(statx.get(JAVA_INT, 128), statx.get(JAVA_INT, 132)),
                statx.get(JAVA_LONG, 40),
                (statx.get(JAVA_SHORT, 28) & 0200) != 0);
    }

    private static Kind kind(int format) {
        return switch (format) {
            case 0x4000 -> Kind.DIRECTORY;
            case 0x8000 -> Kind.REGULAR;
            case 0xa000 -> Kind.SYMLINK;
            case 0x6000 -> Kind.BLOCK_DEVICE;
            default -> Kind.OTHER;
        };
    }
}
