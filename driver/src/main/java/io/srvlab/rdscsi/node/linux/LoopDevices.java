package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The machine's loop devices (loop(4)). Structures as in linux/loop.h, the same on x86-64 and aarch64. */
public final class LoopDevices {
    /** Characters of a mark: LO_NAME_SIZE less the closing zero. */
    public static final int MARK_LENGTH_MAX = 63;

    private static final Path CONTROL = Path.of("/dev/loop-control");
    private static final Path BLOCK = Path.of("/sys/block");
    private static final Pattern NAME = Pattern.compile("loop[0-9]+");
    private static final int MAJOR = 7;

    private static final long LOOP_CLR_FD = 0x4c01;
    private static final long LOOP_GET_STATUS64 = 0x4c05;
    private static final long LOOP_SET_CAPACITY = 0x4c07;
    private static final long LOOP_CONFIGURE = 0x4c0a;
    private static final long LOOP_CTL_GET_FREE = 0x4c82;
    private static final int INFO_SIZE = 232;
    private static final int INFO_IN_CONFIG = 8; // after fd and block_size
    private static final int CONFIG_SIZE = INFO_IN_CONFIG + INFO_SIZE + 64;
    private static final int FLAGS = 52;
    private static final int FILE_NAME = 56;
    private static final int LO_FLAGS_READ_ONLY = 1;

    private LoopDevices() {}

    /**
     * A loop device in use.
     *
     * @param fileDevice the device that the backing file lies on
     * @param fileInode the backing file's number there; the two tell which file it is, whatever its path
     * @param fileNode if the backing file is a device node: of which device
     * @param readOnly attached so that nobody can write to it
     * @param mark {@code lo_file_name}: free text by which whoever attached it knows it again
     */
    public record Attached(
            BlockDevice device,
            DeviceNumber fileDevice,
            long fileInode,
            DeviceNumber fileNode,
            boolean readOnly,
            String mark) {
        public boolean holds(FileStatus file) {
            return fileDevice.equals(file.device()) && fileInode == file.inode();
        }
    }

    /** Every loop device that has a backing file now. */
    public static List<Attached> list() throws IOException {
        var found = new ArrayList<Attached>();
        try (var names = Files.newDirectoryStream(BLOCK, "loop*")) {
            for (var name : names) {
                var text = name.getFileName().toString();
                // The directory loop/ is there only while a file is attached.
                if (NAME.matcher(text).matches() && Files.exists(name.resolve("loop"))) {
                    status(device(text)).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /** What the loop device of that number holds; nothing if it is free, or no loop device. */
    public static Optional<Attached> attached(DeviceNumber number) throws IOException {
        return number.major() == MAJOR ? status(device("loop" + number.minor())) : Optional.empty();
    }

    /** What {@code device} holds, or nothing if it is free. */
    public static Optional<Attached> status(BlockDevice device) throws IOException {
        try (var open = device.openWith(Libc.O_RDONLY | Libc.O_NONBLOCK);
                var arena = Arena.ofConfined()) {
            var info = arena.allocate(INFO_SIZE, 8);
            Libc.ioctl("LOOP_GET_STATUS64", device.path().toString(), open.fd, LOOP_GET_STATUS64, info);
            return Optional.of(new Attached(
                    device,
                    DeviceNumber.unpack(info.get(JAVA_LONG, 0)),
                    info.get(JAVA_LONG, 8),
                    DeviceNumber.unpack(info.get(JAVA_LONG, 16)),
                    (info.get(JAVA_INT, FLAGS) & LO_FLAGS_READ_ONLY) != 0,
                    info.asSlice(FILE_NAME, MARK_LENGTH_MAX + 1).getString(0, StandardCharsets.ISO_8859_1)));
        } catch (ErrnoException e) {
            if (e.is(Errno.ENXIO) || e.is(Errno.ENOENT)) return Optional.empty();
            throw e;
        }
    }

    /**
     * Attaches {@code file} to a free loop device, in one step with its mark, so that a crash leaves none without.
     * Read-only is a property of the attachment; BLKROSET would stay with the device for whoever has it next.
     */
    public static BlockDevice attach(Path file, boolean readOnly, String mark) throws IOException {
        if (mark.length() > MARK_LENGTH_MAX) throw new IllegalArgumentException("mark too long: " + mark);
        var fd = Libc.open(file.toString(), (readOnly ? Libc.O_RDONLY : Libc.O_RDWR) | Libc.O_CLOEXEC);
        try {
            for (var attempt = 0; ; attempt++) {
                var device = free();
                try {
                    configure(device, fd, readOnly, mark);
                    return device;
                } catch (ErrnoException e) {
                    // Somebody else took it between the two calls (loop(4)): ask for another.
                    if (!e.is(Errno.EBUSY) || attempt == 64) throw e;
                }
            }
        } finally {
            Libc.close(fd);
        }
    }

    /**
     * Lets go of the backing file. While somebody has the device open the kernel only makes a note of it and answers
     * success (LOOP_CLR_FD in loop(4)), so {@link #status} is to be asked afterwards.
     */
    public static void clear(BlockDevice device) throws IOException {
        try (var open = device.openWith(Libc.O_RDONLY | Libc.O_NONBLOCK)) {
            Libc.ioctl("LOOP_CLR_FD", device.path().toString(), open.fd, LOOP_CLR_FD, MemorySegment.NULL);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ENXIO)) throw e; // ENXIO: free already
        }
    }

    /** Has the kernel look how large the backing file is now. */
    public static void refreshSize(BlockDevice device) throws IOException {
        try (var open = device.openWith(Libc.O_RDONLY)) {
            Libc.ioctl("LOOP_SET_CAPACITY", device.path().toString(), open.fd, LOOP_SET_CAPACITY, MemorySegment.NULL);
        }
    }

    private static BlockDevice free() throws IOException {
        if (!Files.exists(CONTROL)) {
            throw new NoSuchFileException(CONTROL.toString(), null, "the kernel's loop driver is not loaded");
        }
        var fd = Libc.open(CONTROL.toString(), Libc.O_RDWR | Libc.O_CLOEXEC);
        try {
            var number = Libc.ioctl("LOOP_CTL_GET_FREE", CONTROL.toString(), fd, LOOP_CTL_GET_FREE, MemorySegment.NULL);
            return device("loop" + number);
        } finally {
            Libc.close(fd);
        }
    }

    private static void configure(BlockDevice device, int fileFd, boolean readOnly, String mark) throws IOException {
        try (var open = device.openWith(Libc.O_RDWR);
                var arena = Arena.ofConfined()) {
            var config = arena.allocate(CONFIG_SIZE, 8);
            config.set(JAVA_INT, 0, fileFd);
            config.set(JAVA_INT, INFO_IN_CONFIG + FLAGS, readOnly ? LO_FLAGS_READ_ONLY : 0);
            config.setString(INFO_IN_CONFIG + FILE_NAME, mark, StandardCharsets.ISO_8859_1);
            Libc.ioctl("LOOP_CONFIGURE", device.path().toString(), open.fd, LOOP_CONFIGURE, config);
        }
    }

    private static BlockDevice device(String name) {
        var minor = Integer.parseInt(name.substring("loop".length()));
        return new BlockDevice(Path.of("/dev", name), new DeviceNumber(MAJOR, minor));
    }
}
