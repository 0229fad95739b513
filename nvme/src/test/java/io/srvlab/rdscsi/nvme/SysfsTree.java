package io.srvlab.rdscsi.nvme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made-up /sys and /dev, laid out as Linux 6.12 does it. */
final class SysfsTree {
    final Path sys;
    final Path dev;

    SysfsTree(Path root) throws IOException {
        sys = Files.createDirectories(root.resolve("sys"));
        dev = Files.createDirectories(root.resolve("dev"));
    }

    Path subsystem(int number, String nqn) throws IOException {
        var directory = Files.createDirectories(sys.resolve("class/nvme-subsystem/nvme-subsys" + number));
        Files.writeString(directory.resolve("subsysnqn"), nqn + "\n");
        return directory;
    }

    Path controller(int number, String nqn, String state) throws IOException {
        var directory = Files.createDirectories(sys.resolve("class/nvme/nvme" + number));
        Files.writeString(directory.resolve("subsysnqn"), nqn + "\n");
        Files.writeString(directory.resolve("state"), state + "\n");
        Files.createFile(directory.resolve("delete_controller"));
        return directory;
    }

    static void disk(Path parent, String name, String number) throws IOException {
        Files.writeString(Files.createDirectories(parent.resolve(name)).resolve("dev"), number + "\n");
    }

    /** The link by which a disk is found by its number. */
    void numbered(Path disk, String number) throws IOException {
        Files.createSymbolicLink(
                Files.createDirectories(sys.resolve("dev/block")).resolve(number), disk);
    }

    /** The link by which a subsystem shows a controller of its own. */
    static void serves(Path controller, Path subsystem) throws IOException {
        Files.createSymbolicLink(subsystem.resolve(controller.getFileName()), controller);
    }
}
