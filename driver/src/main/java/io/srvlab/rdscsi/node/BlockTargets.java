package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.FileStatus.Kind;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * At which target paths a raw block volume is shown: no mount table tells, since they are device nodes. A file in the
 * volume's staging directory, a path a line, written before the node is made. A line whose node is gone, or means another
 * device, counts for nothing, so that neither a crash nor an unpublish leaves it wrong.
 */
final class BlockTargets {
    private static final String NAME = "rds-csi-targets";

    private final Path file;

    private BlockTargets(Path file) {
        this.file = file;
    }

    static BlockTargets in(Path staging) {
        return new BlockTargets(staging.resolve(NAME));
    }

    /**
     * Notes {@code target}, which is about to show {@code device}.
     *
     * @throws Failed with {@link NodeProblem.PublishedElsewhere} if {@code onePlaceOnly} and another target shows it
     */
    void add(Path target, BlockDevice device, boolean onePlaceOnly, Operation operation) throws IOException {
        var shown = new ArrayList<String>();
        for (var line : lines()) {
            if (!line.equals(target.toString()) && shows(Path.of(line), device)) shown.add(line);
        }
        if (onePlaceOnly && !shown.isEmpty()) {
            throw new Failed(new NodeProblem.PublishedElsewhere(
                    operation.volume(), operation.node(), target.toString(), shown.getFirst()));
        }
        shown.add(target.toString());
        Files.createDirectories(file.getParent());
        var next = file.resolveSibling(NAME + ".next");
        Files.write(next, shown, StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Forgets all of them, so that the staging directory is empty again. */
    void remove() throws IOException {
        Files.deleteIfExists(file.resolveSibling(NAME + ".next"));
        Files.deleteIfExists(file);
    }

    private List<String> lines() throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    }

    private static boolean shows(Path target, BlockDevice device) throws IOException {
        return FileStatus.of(target)
                .filter(there -> there.kind() == Kind.BLOCK_DEVICE)
                .filter(there -> there.node().equals(device.number()))
                .isPresent();
    }
}
