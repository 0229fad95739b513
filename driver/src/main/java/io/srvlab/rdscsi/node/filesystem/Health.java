package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.MountEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the kernel has noted against a mounted filesystem. Reads /sys and the mount table only, so it never hangs. */
public final class Health {
    private static final Path BLOCK = Path.of("/sys/dev/block");
    private static final Path EXT4 = Path.of("/sys/fs/ext4");
    private static final Path BTRFS = Path.of("/sys/fs/btrfs");

    private Health() {}

    /**
     * Complaints, in words; none if all is well.
     *
     * @param mounts all the mounts of the filesystem on {@code device}
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
        var directory = BLOCK.resolve(device.number().toString());
        if (!Files.exists(directory)) return complaints;
        var name = Objects.requireNonNull(directory.toRealPath().getFileName()).toString();
        var ext4 = EXT4.resolve(name).resolve("errors_count");
        if (Files.exists(ext4)) {
            var count = Files.readString(ext4).strip();
            if (!count.equals("0"))
                complaints.add("ext4 has noted " + count + " errors in it since it was last checked");
        }
        complaints.addAll(btrfs(name));
        return complaints;
    }

    private static List<String> btrfs(String name) throws IOException {
        if (!Files.isDirectory(BTRFS)) return List.of();
        var complaints = new ArrayList<String>();
        try (var filesystems = Files.newDirectoryStream(BTRFS)) {
            for (var filesystem : filesystems) {
                var errors = filesystem.resolve("devinfo/1/error_stats");
                if (!Files.exists(filesystem.resolve("devices").resolve(name)) || !Files.exists(errors)) continue;
                Files.readString(errors)
                        .lines()
                        .filter(line -> !line.endsWith(" 0"))
                        .forEach(line -> complaints.add("btrfs has noted " + line.strip()));
            }
        }
        return complaints;
    }
}
