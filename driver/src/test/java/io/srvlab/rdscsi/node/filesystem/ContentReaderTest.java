package io.srvlab.rdscsi.node.filesystem;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A made-up device that can hold a byte anywhere and fail anywhere: whatever is not shown to be empty is not blank. */
class ContentReaderTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1L << 30;

    /** All zero but for {@code bytes}; opened anew for each of the two reads. */
    private static final class Device {
        long size = 300 * GIB;
        final Map<Long, Byte> bytes = new TreeMap<>();
        int opens;
        Consumer<Opened> each = _ -> {};

        DeviceContent content() {
            return ContentReader.read(() -> {
                var opened = new Opened(this, ++opens);
                each.accept(opened);
                return opened;
            });
        }

        void put(long offset, int... values) {
            for (var i = 0; i < values.length; i++) bytes.put(offset + i, (byte) values[i]);
        }

        void put(long offset, byte[] values) {
            for (var i = 0; i < values.length; i++) if (values[i] != 0) bytes.put(offset + i, values[i]);
        }

        void put(long offset, String text) {
            put(offset, text.chars().toArray());
        }
    }

    private static final class Opened implements ContentReader.Opened {
        final Device device;
        final int which;
        long size;
        long failsAt = -1;
        long endsAt = Long.MAX_VALUE;
        long sizeAfterReads = -1;
        boolean read;

        Opened(Device device, int which) {
            this.device = device;
            this.which = which;
            this.size = device.size;
        }

        @Override
        public long size() {
            if (read && sizeAfterReads >= 0) return sizeAfterReads;
            return size;
        }

        @Override
        public long read(long offset, MemorySegment into) throws IOException {
            read = true;
            assertThat(offset % 4096).as("O_DIRECT needs an aligned offset").isZero();
            var length = into.byteSize();
            if (failsAt >= offset && failsAt < offset + length) throw new IOException("read at " + failsAt + ": EIO");
            for (var entry : device.bytes.entrySet()) {
                var at = entry.getKey() - offset;
                if (at >= 0 && at < length) into.set(JAVA_BYTE, at, entry.getValue());
            }
            return Math.min(length, Math.max(0, endsAt - offset));
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 65536, MIB, MIB + 512, 32 * MIB, 64 * MIB + 4096, 300 * GIB})
    void aDeviceOfZerosIsBlankWhateverItsSizeAfterTwoReadsByTwoOpens(long size) {
        var device = new Device();
        device.size = size;
        assertThat(device.content()).isEqualTo(new DeviceContent.Blank());
        assertThat(device.opens).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 511, MIB - 1, 64 * MIB, 64 * MIB + 65535, 256 * GIB, 300 * GIB - MIB, 300 * GIB - 1})
    void aSingleByteIsContentAndItsPlaceIsNamed(long offset) {
        var device = new Device();
        device.put(offset, 1);
        assertThat(device.content()).isEqualTo(new DeviceContent.Other("data of an unknown kind", offset));
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,524288", "1,67108864", "1,322122547199", "2,0", "2,322122547199"})
    void anErrorAnywhereInEitherReadIsNeverBlank(int which, long offset) {
        var device = new Device();
        device.each = opened -> {
            if (opened.which == which) opened.failsAt = offset;
        };
        assertThat(device.content())
                .isInstanceOfSatisfying(
                        DeviceContent.Unreadable.class,
                        content -> assertThat(content.why()).contains("EIO"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aShortReadIsNeverBlank(int which) {
        var device = new Device();
        device.each = opened -> {
            if (opened.which == which) opened.endsAt = device.size - 512;
        };
        assertThat(device.content()).isInstanceOf(DeviceContent.Unreadable.class);
    }

    @Test
    void aDeviceThatCannotBeOpenedIsNeverBlank() {
        assertThat(ContentReader.read(() -> {
                    throw new IOException("open /dev/x: ENXIO");
                }))
                .isEqualTo(new DeviceContent.Unreadable("open /dev/x: ENXIO"));
    }

    @Test
    void aDeviceWithoutASizeIsNeverBlank() {
        var device = new Device();
        device.size = 0;
        assertThat(device.content()).isInstanceOf(DeviceContent.Unreadable.class);
    }

    @Test
    void aDeviceThatChangesBetweenTheTwoReadsIsNeverBlank() {
        var device = new Device();
        device.each = opened -> {
            if (opened.which == 2) opened.size = device.size / 2;
        };
        assertThat(device.content()).isInstanceOf(DeviceContent.Unreadable.class);
        var filling = new Device();
        filling.each = opened -> {
            if (opened.which == 2) filling.put(0, "XFSB");
        };
        assertThat(filling.content()).isInstanceOf(DeviceContent.Unreadable.class);
    }

    @Test
    void anErrorBehindAFilesystemsSuperblockIsStillAnError() {
        var device = new Device();
        device.put(0, "XFSB");
        device.each = opened -> opened.failsAt = device.size - 1;
        assertThat(device.content()).isInstanceOf(DeviceContent.Unreadable.class);
    }

    @Test
    void aDeviceThatChangesItsSizeWhileItIsReadIsNeverBlank() {
        var device = new Device();
        device.each = opened -> opened.sizeAfterReads = GIB;
        assertThat(device.content())
                .isInstanceOfSatisfying(
                        DeviceContent.Unreadable.class,
                        content -> assertThat(content.why()).contains(String.valueOf(300 * GIB), String.valueOf(GIB)));
    }

    @Test
    void filesystemsAreKnownByTheirMagic() {
        assertThat(typeOf(with(0, "XFSB"))).isEqualTo("xfs");
        assertThat(typeOf(with(65536 + 64, "_BHRfS_M"))).isEqualTo("btrfs");
        var ext = new Device();
        ext.put(1024 + 56, 0x53, 0xef);
        assertThat(typeOf(ext.content())).isEqualTo("ext2");
        ext.put(1024 + 92, 0x4);
        assertThat(typeOf(ext.content())).isEqualTo("ext3");
        ext.put(1024 + 96, 0x40);
        assertThat(typeOf(ext.content())).isEqualTo("ext4");
    }

    private static String typeOf(DeviceContent content) {
        assertThat(content).isInstanceOf(DeviceContent.Filesystem.class);
        return ((DeviceContent.Filesystem) content).type();
    }

    @Test
    void whatMkfsDidNotFinishIsNoFilesystem() {
        var xfs = new Device();
        xfs.put(0, "XFSB");
        xfs.put(126, 1);
        assertThat(xfs.content()).isEqualTo(new DeviceContent.Other("an xfs filesystem that mkfs did not finish", 0));
        assertThat(with(65536 + 64, "!BHRfS_M"))
                .isEqualTo(new DeviceContent.Other("a btrfs filesystem that mkfs did not finish", 65536 + 64));
    }

    @Test
    void aMarkOfFormattingIsKnownForWhoseItIsAndASpoiltOneIsContent() {
        var device = new Device();
        device.size = 64 * MIB;
        var place = FormatMark.place(device.size).orElseThrow();
        device.put(place, FormatMark.block("db-0"));
        assertThat(device.content()).isEqualTo(new DeviceContent.Begun("db-0", new DeviceContent.Blank()));
        device.put(MIB - 1, 1);
        assertThat(device.content())
                .isEqualTo(
                        new DeviceContent.Begun("db-0", new DeviceContent.Other("data of an unknown kind", MIB - 1)));
        device.bytes.remove(MIB - 1);
        device.put(place + 4000, 1);
        assertThat(device.content()).isEqualTo(new DeviceContent.Other("data of an unknown kind", place));
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 17, 100, 511, 512, 1000, 1024, 16384, 300 * 1024})
    void theMarkLiesOnTheDeviceApartFromWhatIsReadAnyway(long mib) {
        var place = FormatMark.place(mib * MIB).orElseThrow();
        assertThat(place % 4096).isZero();
        assertThat(place).isBetween(MIB, mib * MIB - MIB - 4096);
        assertThat(place == 64 * MIB || place == 256 * GIB).isFalse();
    }

    @Test
    void whatIsNoFilesystemIsNamed() {
        assertThat(with(512, "EFI PART")).isEqualTo(new DeviceContent.Other("a GPT partition table", 512));
        assertThat(with(512, "LABELONE")).isEqualTo(new DeviceContent.Other("an LVM physical volume", 512));
        assertThat(with(0, "LUKS\u00ba\u00be")).isEqualTo(new DeviceContent.Other("a LUKS volume", 0));
        assertThat(with(510, "U\u00aa"))
                .isEqualTo(new DeviceContent.Other("an MBR partition table or boot sector", 510));
        assertThat(with(4086, "SWAPSPACE2")).isEqualTo(new DeviceContent.Other("swap space", 4086));
    }

    private static DeviceContent with(long offset, String text) {
        var device = new Device();
        device.put(offset, text);
        return device.content();
    }
}
