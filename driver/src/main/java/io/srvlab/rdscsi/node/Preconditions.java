package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.linux.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a node needs to have before it can serve volumes, looked at when the plugin starts.
 *
 * @param dev usually {@code /dev}
 * @param sys usually {@code /sys}
 */
public record Preconditions(Path dev, Path sys, Programs programs) {
    public static final Preconditions OF_THE_SYSTEM =
            new Preconditions(Path.of("/dev"), Path.of("/sys"), Programs.OF_THE_SYSTEM);

    /**
     * What is missing, a sentence each, with what to do. None of it keeps the plugin from starting, since another volume may
     * do without, and a module may be loaded later.
     */
    public List<String> complaints(boolean nvme, Path kubeletDirectory) throws IOException {
        var complaints = new ArrayList<String>();
        if (nvme) module().ifPresent(complaints::add);
        for (var type : FsType.values()) {
            var missing = Stream.of(type.mkfsProgram(), type.checkProgram())
                    .filter(program -> programs.find(program).isEmpty())
                    .toList();
            if (!missing.isEmpty()) {
                complaints.add(String.join(", ", missing) + ": not installed (Debian: " + type.debianPackage()
                        + "): without, no new volume can be given " + type
                        + ", and no mkfs that was cut off be judged");
            }
        }
        KubeletDirectory.complaint(kubeletDirectory).ifPresent(complaints::add);
        return complaints;
    }

    private Optional<String> module() {
        var fabrics = dev.resolve("nvme-fabrics");
        if (!Files.exists(fabrics)) {
            return Optional.of(
                    fabrics + " is not there, so no volume can be connected: load the kernel module on the host,"
                            + " modprobe nvme-tcp, also after a reboot: echo nvme-tcp >/etc/modules-load.d/nvme-tcp.conf;"
                            + " and have the host's /dev in the container");
        }
        return Files.exists(sys.resolve("module/nvme_tcp"))
                ? Optional.empty()
                : Optional.of(
                        "the kernel module nvme-tcp is not loaded, or built in: if connecting fails, load it on the"
                                + " host: modprobe nvme-tcp");
    }
}
