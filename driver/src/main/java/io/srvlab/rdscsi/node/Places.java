package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Staging and target paths, as the mount table writes them.
 *
 * @param root kubelet's directory, if it was given: then nothing outside it is mounted, unmounted or removed
 */
record Places(Optional<Path> root) {
    /**
     * {@code path} with every symbolic link on the way resolved, its last name left alone: kubelet's directory may be
     * reached through a link, and the mount table knows only where that leads.
     *
     * @throws Failed with {@link Problem.Malformed} if it leads out of kubelet's directory
     */
    Path resolve(Path path) throws IOException {
        var resolved = real(path);
        if (root.isPresent() && !resolved.startsWith(real(root.get()))) {
            throw new Failed(new Problem.Malformed(
                    "path", "'" + path + "' leads to " + resolved + ", outside kubelet's directory " + root.get()));
        }
        return resolved;
    }

    /** As far as the path is there, with its links resolved. */
    private static Path real(Path path) throws IOException {
        var parent = path.getParent();
        var name = path.getFileName();
        if (parent == null || name == null) return path;
        return (Files.exists(parent) ? parent.toRealPath() : real(parent)).resolve(name);
    }

    /** Whether there is a node at {@code place}, and it means {@code device}. */
    static boolean isNodeOf(BlockDevice device, Path place) throws IOException {
        return node(place)
                .filter(status -> status.node().equals(device.number()))
                .isPresent();
    }

    /** The block device's node at {@code place}, if there is one. */
    static Optional<FileStatus> node(Path place) throws IOException {
        return FileStatus.of(place).filter(status -> status.kind() == FileStatus.Kind.BLOCK_DEVICE);
    }
}
