package io.srvlab.rdscsi.node.filesystem;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Errno;
import io.srvlab.rdscsi.node.linux.ErrnoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out what a device holds: reads its first and last MiB and the places of btrfs' superblock copies and of
 * {@link FormatMark}, twice, through separate opens and past the page cache where the device allows it. A device that is not ready after a
 * reconnect has been taken for an empty one by others; here an error, a short read, or a second answer that differs
 * is {@link DeviceContent.Unreadable}.
 */
public final class ContentReader {
    private static final int MIB = 1 << 20;
    private static final int ALIGNMENT = 4096; // a multiple of every logical block size, as O_DIRECT wants it
    /** The last MiB begins at a multiple of the alignment. */
    private static final int AREA_MAX = MIB + ALIGNMENT;

    /** btrfs' second and third superblock ("Superblock" in its on-disk format); the first lies in the first MiB. */
    private static final List<Long> BTRFS_COPIES = List.of(64L << 20, 256L << 30);

    private static final int BTRFS_COPY_LENGTH = 64 << 10;

    private ContentReader() {}

    /** An open device, as much of it as reading takes: the seam at which tests let a device fail. */
    interface Opened extends AutoCloseable {
        long size() throws IOException;

        long read(long offset, MemorySegment into) throws IOException;

        @Override
        void close();
    }

    interface Opener {
        Opened open() throws IOException;
    }

    public static DeviceContent read(BlockDevice device) {
        return read(() -> opened(device));
    }

    static DeviceContent read(Opener opener) {
        try {
            var first = look(opener);
            var second = look(opener);
            if (!first.equals(second)) {
                return new DeviceContent.Unreadable("two reads differ: first " + first + ", then " + second);
            }
            return first.content;
        } catch (IOException e) {
            return new DeviceContent.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private record Look(long size, DeviceContent content) {}

    private record Area(long offset, long length) {}

    private static Look look(Opener opener) throws IOException {
        try (var device = opener.open()) {
            var size = device.size();
            if (size <= 0) throw new IOException("the device says that it has " + size + " bytes");
            var content = content(device, size);
            var then = device.size();
            if (then != size) {
                throw new IOException("the device had " + size + " bytes and, when they had been read, " + then);
            }
            return new Look(size, content);
        }
    }

    private static DeviceContent content(Opened device, long size) throws IOException {
        DeviceContent found = new DeviceContent.Blank();
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(AREA_MAX, ALIGNMENT);
            for (var area : areas(size)) { // every area is read, whatever the first one holds
                var bytes = read(device, area, buffer);
                if (!(found instanceof DeviceContent.Blank)) continue;
                if (area.offset == 0) found = Signatures.recognise(head(bytes)).orElse(found);
                if (found instanceof DeviceContent.Blank) found = anyByte(bytes, area.offset);
            }
            return withMark(device, size, found, buffer);
        }
    }

    private static byte[] head(MemorySegment bytes) {
        return bytes.asSlice(0, Math.min(bytes.byteSize(), Signatures.LENGTH)).toArray(JAVA_BYTE);
    }

    private static DeviceContent withMark(Opened device, long size, DeviceContent rest, MemorySegment buffer)
            throws IOException {
        var place = FormatMark.place(size);
        if (place.isEmpty()) return rest;
        var block = read(device, new Area(place.getAsLong(), FormatMark.LENGTH), buffer);
        var volume = FormatMark.volume(block.toArray(JAVA_BYTE));
        if (volume.isPresent()) return new DeviceContent.Begun(volume.get(), rest);
        return rest instanceof DeviceContent.Blank ? anyByte(block, place.getAsLong()) : rest;
    }

    private static List<Area> areas(long size) {
        var areas = new ArrayList<Area>();
        areas.add(new Area(0, Math.min(size, MIB)));
        for (var offset : BTRFS_COPIES) {
            if (size > offset) areas.add(new Area(offset, Math.min(BTRFS_COPY_LENGTH, size - offset)));
        }
        if (size > MIB) {
            var lastMib = Math.max(0, (size - MIB) / ALIGNMENT * ALIGNMENT);
            areas.add(new Area(lastMib, size - lastMib));
        }
        return areas;
    }

    /** The area's bytes, at the beginning of {@code buffer}. */
    private static MemorySegment read(Opened device, Area area, MemorySegment buffer) throws IOException {
        var bytes = buffer.asSlice(0, area.length);
        var got = device.read(area.offset, bytes);
        if (got != area.length) {
            throw new IOException("only " + got + " of " + area.length + " bytes could be read at byte " + area.offset);
        }
        return bytes;
    }

    private static DeviceContent anyByte(MemorySegment bytes, long offset) {
        var at = firstNotZero(bytes);
        return at < 0 ? new DeviceContent.Blank() : new DeviceContent.Other("data of an unknown kind", offset + at);
    }

    /** Where the first byte is that is not zero, or -1: all are if the first one is and each is as the one before it. */
    private static long firstNotZero(MemorySegment bytes) {
        if (bytes.get(JAVA_BYTE, 0) != 0) return 0;
        var change = bytes.asSlice(0, bytes.byteSize() - 1).mismatch(bytes.asSlice(1));
        return change < 0 ? -1 : change + 1;
    }

    private static Opened opened(BlockDevice device) throws IOException {
        var open = direct(device);
        return new Opened() {
            @Override
            public long size() throws IOException {
                return open.size();
            }

            @Override
            public long read(long offset, MemorySegment into) throws IOException {
                return open.read(offset, into);
            }

            @Override
            public void close() {
                open.close();
            }
        };
    }

    private static BlockDevice.Open direct(BlockDevice device) throws IOException {
        try {
            return device.open(BlockDevice.Mode.DIRECT);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EINVAL)) throw e; // open(2): EINVAL is how O_DIRECT is refused
            return device.open(BlockDevice.Mode.BUFFERED);
        }
    }
}
