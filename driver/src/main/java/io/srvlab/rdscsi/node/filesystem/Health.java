package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.MountEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kernel has noted against a mounted filesystem. Reads /sys and the mount table only, so it never hangs. */
public final class Health {
    private static final Path BLOCK = Path.of("/sys/dev/block");
    private static final Path EXT4 = Path.of("/sys/fs/ext4");
    private static final Path BTRFS = Path.of("/sys/fs/btrfs");

    private Health() {}

    /**
     * Complaints, in words; none if all is well.
     *
     * @param mounts all the mounts of the filesystem on {@code device}, one at least
     */
    public static List<String> complaints(BlockDevice device, List<MountEntry> mounts) throws IOException {
        var complaints = new ArrayList<String>();
        for (var mount : mounts) {
            if ((mount.superOptions().contains("ro") && !mount.readOnly())
                    || mount.superOptions().contains("emergency_ro")) {
                complaints.add("the kernel made the filesystem read-only after an error");
                break;
            }
            if (mount.superOptions().contains("shutdown")) {
                complaints.add("the kernel shut the filesystem down after an error");
                break;
            }
        }
        complaints.addAll(
                switch (mounts.getFirst().fsType()) {
                    case "ext4" -> ext4(device);
                    case "btrfs" -> btrfs(device);
                    default -> List.of(); // has no counts
                });
        return complaints;
    }

    private static List<String> ext4(BlockDevice device) throws IOException {
        var name = name(device);
        if (name.isEmpty()) return List.of();
        var count = text(EXT4.resolve(name.get()).resolve("errors_count")).strip();
        return count.isEmpty() || count.equals("0")
                ? List.of()
                : List.of("ext4 has noted " + count + " errors in it since it was last checked");
    }

    private static List<String> btrfs(BlockDevice device) throws IOException {
        var name = name(device);
        if (name.isEmpty() || !Files.isDirectory(BTRFS)) return List.of();
        var complaints = new ArrayList<String>();
        try (var filesystems = Files.newDirectoryStream(BTRFS)) {
            for (var filesystem : filesystems) {
                if (!Files.exists(filesystem.resolve("devices").resolve(name.get()))) continue;
                text(filesystem.resolve("devinfo/1/error_stats"))
                        .lines()
                        .filter(line -> !line.endsWith(" 0"))
                        .forEach(line -> complaints.add("btrfs has noted " + line.strip()));
            }
        }
        return complaints;
    }

    /** What the kernel calls the device; nothing if it is gone. */
    private static Optional<Path> name(BlockDevice device) throws IOException {
        try {
            return Optional.of(
                    Files.readSymbolicLink(BLOCK.resolve(device.number().toString()))
                            .getFileName());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The attribute's text; none if this kernel, or this filesystem, has no such attribute. */
    private static String text(Path attribute) throws IOException {
        try {
            return Files.readString(attribute);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
