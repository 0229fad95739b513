package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A block device: its node under /dev and the number that it must have. Every open compares the two, so that neither a
 * plain file in the node's place nor a node that has come to mean another device is ever read or written.
 */
public record BlockDevice(Path path, DeviceNumber number) {
    private static final Path SYSFS = Path.of("/sys/dev/block");
    private static final long BLKROSET = 0x125d;
    private static final long BLKROGET = 0x125e;
    private static final long BLKGETSIZE64 = 0x80081272L;

    /** How to open: {@link #DIRECT} bypasses the page cache, {@link #EXCLUSIVE} is refused while anything holds it. */
    public enum Mode {
        BUFFERED(Libc.O_RDONLY),
        DIRECT(Libc.O_RDONLY | Libc.O_DIRECT),
        EXCLUSIVE(Libc.O_RDONLY | Libc.O_EXCL),
        WRITABLE(Libc.O_RDWR),
        WRITABLE_DIRECT(Libc.O_RDWR | Libc.O_DIRECT);

        private final int flags;

        Mode(int flags) {
            this.flags = flags;
        }
    }

    /** Whether the kernel has a block device of this number now. */
    public static boolean isThere(DeviceNumber number) {
        return Files.exists(SYSFS.resolve(number.toString()));
    }

    public Open open(Mode mode) throws IOException {
        return openWith(mode.flags);
    }

    Open openWith(int flags) throws IOException {
        var fd = Libc.open(path.toString(), flags | Libc.O_CLOEXEC);
        try {
            var status = FileStatus.of(fd, path.toString());
            if (status.kind() != FileStatus.Kind.BLOCK_DEVICE || !status.node().equals(number)) {
                throw new IOException(path + " is no longer the block device " + number);
            }
        } catch (IOException | RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
        return new Open(path.toString(), fd);
    }

    /** Size in bytes. */
    public long size() throws IOException {
        try (var open = open(Mode.BUFFERED)) {
            return open.size();
        }
    }

    /** Size in bytes as sysfs tells it, without the device being opened; nothing if the device is gone. */
    public Optional<Long> sizeShown() throws IOException {
        try {
            var sectors = Files.readString(SYSFS.resolve(number.toString()).resolve("size"));
            return Optional.of(Long.parseLong(sectors.strip()) * 512); // whatever its block size
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether the kernel refuses writes to it. */
    public boolean readOnly() throws IOException {
        try (var open = open(Mode.BUFFERED);
                var arena = Arena.ofConfined()) {
            var answer = arena.allocate(JAVA_INT);
            Libc.ioctl("BLKROGET", path.toString(), open.fd, BLKROGET, answer);
            return answer.get(JAVA_INT, 0) != 0;
        }
    }

    /** Makes the kernel refuse writes to it, from whomever they come, or take them again. */
    public void setReadOnly(boolean readOnly) throws IOException {
        try (var open = open(Mode.BUFFERED);
                var arena = Arena.ofConfined()) {
            Libc.ioctl("BLKROSET", path.toString(), open.fd, BLKROSET, arena.allocateFrom(JAVA_INT, readOnly ? 1 : 0));
        }
    }

    @Override
    public String toString() {
        return path + " (" + number + ")";
    }

    /** An open device; close it. */
    public static final class Open implements AutoCloseable {
        private final String name;
        final int fd;

        private Open(String name, int fd) {
            this.name = name;
            this.fd = fd;
        }

        public long size() throws IOException {
            try (var arena = Arena.ofConfined()) {
                var size = arena.allocate(JAVA_LONG);
                Libc.ioctl("BLKGETSIZE64", name, fd, BLKGETSIZE64, size);
                return size.get(JAVA_LONG, 0);
            }
        }

        /** Fills {@code into} from {@code offset} on; returns how many bytes there were, which may be fewer. */
        public long read(long offset, MemorySegment into) throws IOException {
            return Libc.pread(name, fd, into, offset);
        }

        /** Writes all of {@code from} at {@code offset}. */
        public void write(long offset, MemorySegment from) throws IOException {
            var written = Libc.pwrite(name, fd, from, offset);
            if (written != from.byteSize()) {
                throw new IOException("only " + written + " of " + from.byteSize() + " bytes could be written to "
                        + name + " at byte " + offset);
            }
        }

        /** Has everything written so far reach the medium. */
        public void flush() throws IOException {
            Libc.fsync(name, fd);
        }

        @Override
        public void close() {
            Libc.close(fd);
        }
    }
}
