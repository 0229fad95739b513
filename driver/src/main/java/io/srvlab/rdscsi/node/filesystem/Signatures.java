package io.srvlab.rdscsi.node.filesystem;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Recognises what the first MiB and the end of a device hold, by the magic numbers of each format. It gives names; that
 * anything else which is not zero counts as content too is {@link ContentReader}'s to say.
 */
final class Signatures {
    /** {@code bytes} as characters of the same numbers. */
    private record Magic(String what, int offset, String bytes) {}

    private static final List<Magic> OTHERS = List.of(
            new Magic("a btrfs filesystem that mkfs did not finish", Superblock.BTRFS + 64, "!BHRfS_M"),
            new Magic("a LUKS volume", 0, "LUKS\u00ba\u00be"),
            new Magic("an LVM physical volume", 512, "LABELONE"),
            new Magic("an LVM physical volume", 0, "LABELONE"),
            new Magic("a GPT partition table", 512, "EFI PART"),
            new Magic("a GPT partition table", 4096, "EFI PART"),
            new Magic("a Linux RAID member", 0, "\u00fcN+\u00a9"),
            new Magic("a Linux RAID member", 4096, "\u00fcN+\u00a9"),
            new Magic("swap space", 4086, "SWAPSPACE2"),
            new Magic("an ISO 9660 image", 32769, "CD001"),
            new Magic("an NTFS filesystem", 3, "NTFS    "),
            new Magic("a FAT filesystem", 82, "FAT32   "),
            new Magic("a FAT filesystem", 54, "FAT16   "),
            // Last: a boot sector's mark is also at the end of the FAT and NTFS ones.
            new Magic("an MBR partition table or boot sector", 510, "U\u00aa"));

    /** Behind this nothing is looked for: btrfs' superblock ends here. */
    static final int LENGTH = Superblock.BTRFS + Superblock.LENGTH_MAX;

    private Signatures() {}

    /** What begins in {@code head}, the device's first {@link #LENGTH} bytes (or all of a smaller one); nothing if no format known here does. */
    static Optional<DeviceContent> recognise(byte[] head) {
        var filesystem = filesystem(head);
        if (filesystem != null) return Optional.of(filesystem);
        for (var magic : OTHERS) {
            if (has(head, magic.offset, magic.bytes)) {
                return Optional.of(new DeviceContent.Other(magic.what, magic.offset));
            }
        }
        return Optional.empty();
    }

    private static @Nullable DeviceContent filesystem(byte[] head) {
        if (has(head, 0, "XFSB")) return Superblock.xfs(head);
        if (has(head, Superblock.BTRFS + 64, "_BHRfS_M")) return Superblock.btrfs(head);
        if (has(head, Superblock.EXT + 56, "S\u00ef")) return Superblock.ext(head);
        return null;
    }

    private static boolean has(byte[] area, int offset, String magic) {
        if (area.length < offset + magic.length()) return false;
        for (var i = 0; i < magic.length(); i++) {
            if ((area[offset + i] & 0xff) != magic.charAt(i)) return false;
        }
        return true;
    }
}
