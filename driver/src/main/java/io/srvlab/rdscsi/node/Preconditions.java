package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.linux.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a node needs to have before it can serve volumes, looked at when the plugin starts. */
public final class Preconditions {
    private static final Path FABRICS = Path.of("/dev/nvme-fabrics");
    private static final Path NVME_TCP = Path.of("/sys/module/nvme_tcp");

    private Preconditions() {}

    /**
     * What is missing, a sentence each, with what to do. None of it keeps the plugin from starting, since another volume may
     * do without, and a module may be loaded later.
     */
    public static List<String> complaints(boolean nvme, Path kubeletDirectory) throws IOException {
        var complaints = new ArrayList<String>();
        if (nvme && !Files.exists(FABRICS)) {
            complaints.add(FABRICS + " is not there, so no volume can be connected: load the kernel module on the host,"
                    + " modprobe nvme-tcp, also after a reboot: echo nvme-tcp >/etc/modules-load.d/nvme-tcp.conf;"
                    + " and have the host's /dev in the container");
        } else if (nvme && !Files.exists(NVME_TCP)) {
            complaints.add(
                    "the kernel module nvme-tcp is not loaded, or built in: if connecting fails, load it on the host:"
                            + " modprobe nvme-tcp");
        }
        for (var type : FsType.values()) {
            if (Programs.OF_THE_SYSTEM.find(type.mkfsProgram()).isEmpty()) {
                complaints.add(type.mkfsProgram() + " is not installed (Debian: " + type.debianPackage()
                        + "), so no new volume can be given " + type);
            }
        }
        KubeletDirectory.complaint(kubeletDirectory).ifPresent(complaints::add);
        return complaints;
    }
}
