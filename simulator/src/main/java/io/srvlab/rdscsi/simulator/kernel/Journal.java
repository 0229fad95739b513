package io.srvlab.rdscsi.simulator.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What this simulator has made in configfs, or was about to make: a line each, the path below {@code nvmet}. Written before
 * the thing is made and after it is gone, so that whatever a crash leaves is in it. The first line is the kernel's boot id:
 * what a kernel that is gone had made is gone with it, and its names may be somebody else's by now.
 */
final class Journal {
    private final Path file;
    private final String boot;
    private final Set<String> lines = new LinkedHashSet<>();

    /** The journal in this file; {@code boot} is what {@code /proc/sys/kernel/random/boot_id} says. */
    Journal(Path file, String boot) throws IOException {
        this.file = file;
        this.boot = boot;
        if (!Files.exists(file)) return;
        var found = Files.readAllLines(file);
        if (!found.isEmpty() && found.getFirst().equals(boot)) lines.addAll(found.subList(1, found.size()));
    }

    /** In the order in which they were added. */
    List<Path> all() {
        return lines.stream().map(Path::of).toList();
    }

    boolean has(Path path) {
        return lines.contains(path.toString());
    }

    void add(Path path) throws IOException {
        if (lines.add(path.toString())) write();
    }

    void remove(Path path) throws IOException {
        if (lines.remove(path.toString())) write();
    }

    private void write() throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        var text = new ArrayList<>(List.of(boot));
        text.addAll(lines);
        Files.write(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
