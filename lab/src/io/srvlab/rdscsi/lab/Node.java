package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.nvme.Controller;
import io.srvlab.rdscsi.nvme.Disk;
import io.srvlab.rdscsi.nvme.NvmeSysfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this machine's kernel shows of one volume. */
final class Node {
    private final NvmeSysfs kernel = new NvmeSysfs(Path.of("/sys"), Path.of("/dev"));
    private final String slot;

    Node(String slot) {
        this.slot = slot;
    }

    List<Controller> sessions() throws IOException {
        return kernel.controllers(this::ours);
    }

    List<Controller> sessions(String subsystem) throws IOException {
        return kernel.controllers(subsystem::equals);
    }

    List<Disk> disks() throws IOException {
        return kernel.disks(this::ours);
    }

    /** The one session of this attachment. */
    Controller only(Claim claim) throws IOException {
        var sessions = sessions(claim.subsystem().text());
        expect(sessions.size() == 1, "wanted one session of " + claim.subsystem() + ", found " + sessions);
        return sessions.getFirst();
    }

    void nothingLeft(Kubelet kubelet) throws IOException {
        same(List.of(), sessions());
        same(List.of(), disks());
        same("nothing", mounted(kubelet.staging()));
        same("nothing", mounted(kubelet.target()));
    }

    /** What is mounted at {@code place}: its device and its type. */
    static String mounted(Path place) throws IOException {
        return Files.readAllLines(Path.of("/proc/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(words -> words[1].equals(place.toString()))
                .map(words -> words[0] + " " + words[2])
                .findFirst()
                .orElse("nothing");
    }

    /** For how long the volume's session, once lost, is tried again. */
    void patience(Claim claim, int seconds) throws IOException {
        kernel.setLossTimeout(only(claim), seconds);
    }

    static String attribute(Controller controller, String name) throws IOException {
        return Files.readString(controller.directory().resolve(name)).strip();
    }

    private boolean ours(String nqn) {
        return nqn.startsWith("nqn.2000-02.com.mikrotik:" + slot + ".");
    }
}
