package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Path;

/** How full a volume is, asked only where the volume is shown to be. */
final class Statistics {
    private final Transport transport;

    Statistics(Transport transport) {
        this.transport = transport;
    }

    /** What there is to say: of a filesystem all, of a raw block volume its size. */
    sealed interface Answer {
        record OfFilesystem(Usage usage) implements Answer {}

        record OfDevice(long bytes) implements Answer {}
    }

    Answer at(String path, Operation operation) throws IOException {
        operation.step("reading the statistics of " + path);
        var place = Path.of(path);
        if (!place.isAbsolute()) throw notThere(path, operation);
        place = Places.resolve(place);
        var devices = transport.devices(operation.volume());
        var mounted = MountTable.read().top(place);
        for (var device : devices) {
            if (mounted.isPresent() && mounted.get().carrier().equals(device.number())) {
                return new Answer.OfFilesystem(Usage.of(place));
            }
            if (isNodeOf(device, place)) return new Answer.OfDevice(device.size());
        }
        throw notThere(path, operation);
    }

    private static boolean isNodeOf(BlockDevice device, Path place) throws IOException {
        return FileStatus.of(place)
                .filter(status -> status.kind() == FileStatus.Kind.BLOCK_DEVICE)
                .filter(status -> status.node().equals(device.number()))
                .isPresent();
    }

    private static Failed notThere(String path, Operation operation) {
        return new Failed(new NodeProblem.NotThere(operation.volume(), operation.node(), path));
    }
}
