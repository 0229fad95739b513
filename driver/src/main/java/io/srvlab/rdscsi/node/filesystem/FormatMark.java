package io.srvlab.rdscsi.node.filesystem;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * A block on a device that is being formatted: written and flushed before mkfs begins, zeroed and flushed when the new
 * filesystem has been read back, and before anybody may mount it. So a device that bears it has never been mounted since
 * it was blank, and what an interrupted mkfs left there is nobody's data.
 *
 * <p>It lies where no mkfs writes: the last 4 KiB of a block group of ext4, at about 7/8 of the device, which is free
 * space to xfs and btrfs too. If one does write there, the mark is gone, and the device just counts as one with content.
 */
public final class FormatMark {
    static final int LENGTH = 4096;

    private static final String MAGIC = "rds-csi: formatting, not finished; of volume ";
    private static final long MIB = 1 << 20;
    private static final long SMALLEST_DEVICE = 16 * MIB;
    private static final int CRC_AT = LENGTH - Integer.BYTES;

    private FormatMark() {}

    /** Where it lies on a device of so many bytes; nowhere on one too small to have a place to spare. */
    static OptionalLong place(long deviceSize) {
        if (deviceSize < SMALLEST_DEVICE) return OptionalLong.empty();
        var group = deviceSize >= 512 * MIB ? 128 * MIB : 8 * MIB; // ext4 with blocks of 4 KiB, and of 1 KiB
        return OptionalLong.of(deviceSize / 8 * 7 / group * group - LENGTH);
    }

    /** The volume that {@code block}, read from the place, says is being formatted; nothing if it is no mark. */
    static Optional<String> volume(byte[] block) {
        if (block.length != LENGTH) return Optional.empty();
        var end = 0;
        while (end < CRC_AT && block[end] != 0) end++;
        var text = new String(block, 0, end, StandardCharsets.US_ASCII);
        if (!text.startsWith(MAGIC)) return Optional.empty();
        var volume = text.substring(MAGIC.length());
        return Arrays.equals(block, block(volume)) ? Optional.of(volume) : Optional.empty();
    }

    static byte[] block(String volume) {
        var block = new byte[LENGTH];
        var text = (MAGIC + volume).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, block, 0, text.length);
        var crc = new CRC32C();
        crc.update(block, 0, CRC_AT);
        ByteBuffer.wrap(block).putInt(CRC_AT, (int) crc.getValue());
        return block;
    }

    /** Marks {@code device}; returns when the mark is on the medium. */
    public static void set(BlockDevice device, String volume) throws IOException {
        try (var open = device.open(BlockDevice.Mode.WRITABLE)) {
            var place = place(open.size());
            if (place.isPresent()) write(open, place.getAsLong(), block(volume));
        }
    }

    /** Takes the mark of {@code volume} away if it is there, and nothing else that may be in its place. */
    public static void clear(BlockDevice device, String volume) throws IOException {
        try (var open = device.open(BlockDevice.Mode.WRITABLE);
                var arena = Arena.ofConfined()) {
            var place = place(open.size());
            if (place.isEmpty()) return;
            var found = arena.allocate(LENGTH, LENGTH);
            var got = open.read(place.getAsLong(), found);
            if (got == LENGTH && Arrays.equals(found.toArray(JAVA_BYTE), block(volume))) {
                write(open, place.getAsLong(), new byte[LENGTH]);
            }
        }
    }

    private static void write(BlockDevice.Open open, long place, byte[] block) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var aligned = arena.allocate(LENGTH, LENGTH);
            MemorySegment.copy(block, 0, aligned, JAVA_BYTE, 0, LENGTH);
            open.write(place, aligned);
            open.flush();
        }
    }
}
