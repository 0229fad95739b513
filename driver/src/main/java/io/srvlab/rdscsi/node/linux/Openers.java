package io.srvlab.rdscsi.node.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who has a block device open, as far as this process can see: other processes of its pid namespace, by their
 * descriptors in /proc, and loop devices on top of it. The kernel itself keeps no list.
 */
public final class Openers {
    private static final Path PROC = Path.of("/proc");

    private Openers() {}

    /** A phrase for each, empty if there are none; of processes that may not be looked at, nothing. */
    public static List<String> of(DeviceNumber device) throws IOException {
        var found = new ArrayList<String>();
        for (var loop : LoopDevices.list()) {
            if (loop.fileNode().equals(device)) found.add("loop device " + loop.device());
        }
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var process : processes) {
                if (!isOurs(process) && holds(process, device)) found.add("process " + named(process));
            }
        }
        return found;
    }

    private static boolean isOurs(Path process) {
        return process.getFileName()
                .toString()
                .equals(Long.toString(ProcessHandle.current().pid()));
    }

    private static boolean holds(Path process, DeviceNumber device) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                var open = FileStatus.atOnce(descriptor);
                if (open.filter(status -> status.kind() == FileStatus.Kind.BLOCK_DEVICE)
                        .filter(status -> status.node().equals(device))
                        .isPresent()) return true;
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended, or may not be looked at.
        }
        return false;
    }

    private static String named(Path process) {
        var number = process.getFileName().toString();
        try {
            return number + " (" + Files.readString(process.resolve("comm")).strip() + ")";
        } catch (IOException e) {
            return number;
        }
    }
}
