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
}
