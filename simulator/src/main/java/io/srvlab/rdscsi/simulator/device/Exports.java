package io.srvlab.rdscsi.simulator.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A directory that shows which doors are open: for each NQN on the network a symbolic link of that name to the absolute
 * path of its backing file. Guarded by the device.
 */
final class Exports {
    private final Path directory;
    private Map<String, Path> shown = Map.of();

    /** Empties the directory: links of an earlier run may name doors that were closed since. */
    Exports(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
        try (var old = Files.newDirectoryStream(directory)) {
            for (var link : old) Files.delete(link);
        }
    }

    /** Shows exactly these, by NQN; doors close before others open. */
    void become(Map<String, Path> exported) throws IOException {
        for (var door : shown.entrySet()) {
            if (!door.getValue().equals(exported.get(door.getKey()))) {
                Files.deleteIfExists(directory.resolve(door.getKey()));
            }
        }
        for (var door : exported.entrySet()) {
            if (!door.getValue().equals(shown.get(door.getKey()))) {
                Files.createSymbolicLink(directory.resolve(door.getKey()), door.getValue());
            }
        }
        shown = Map.copyOf(exported);
    }
}
