package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Kubelet's directory, below which all staging and target paths of a cluster's volumes lie. */
final class KubeletDirectory {
    private KubeletDirectory() {}

    /**
     * What keeps pods from seeing volumes that are mounted below {@code directory}, and what to do; nothing if all is well.
     *
     * @throws IOException if the mount table cannot be read
     */
    static Optional<String> complaint(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.of(
                    "kubelet's directory " + directory
                            + " is not there: is it mounted into this container? Where kubelet has another (k3s, MicroK8s), give it with --kubelet-dir");
        }
        var shared = MountTable.read()
                .covering(directory.toRealPath())
                .filter(mount -> mount.shared())
                .isPresent();
        return shared
                ? Optional.empty()
                : Optional.of(
                        "kubelet's directory " + directory + " is not on a shared mount, so neither kubelet nor a pod"
                                + " in another mount namespace sees what is mounted there: set mountPropagation: Bidirectional,"
                                + " or mount --make-rshared on the host");
    }
}
