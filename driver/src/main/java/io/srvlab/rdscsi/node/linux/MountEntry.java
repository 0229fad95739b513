package io.srvlab.rdscsi.node.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One mount, as a line of /proc/self/mountinfo tells it (proc_pid_mountinfo(5)).
 *
 * @param device the device, or a made-up number for a filesystem that has none of its own
 * @param root which part of the filesystem is mounted; {@code /} is the whole
 * @param options of this mount
 * @param source what was mounted, as the filesystem calls it
 * @param superOptions of the filesystem, whichever its mounts
 * @param shared whether mounts made below it are seen in other mount namespaces (mount_namespaces(7), shared subtrees)
 */
public record MountEntry(
        int id,
        int parent,
        DeviceNumber device,
        String root,
        String mountPoint,
        List<String> options,
        String fsType,
        String source,
        List<String> superOptions,
        boolean shared) {

    /** Whether it was mounted read-only. A filesystem that made itself read-only after an error shows that elsewhere. */
    public boolean readOnly() {
        return options.contains("ro");
    }

    /** The block device under the filesystem: btrfs shows a made-up number, and only its source leads to the device. */
    public DeviceNumber carrier() throws IOException {
        if (!fsType.equals("btrfs")) return device;
        return FileStatus.following(Path.of(source))
                .filter(status -> status.kind() == FileStatus.Kind.BLOCK_DEVICE)
                .map(FileStatus::node)
                .orElse(device);
    }

    @Override
    public String toString() {
        return fsType + " from " + source + " (" + device + (root.equals("/") ? "" : root) + ")";
    }
}
