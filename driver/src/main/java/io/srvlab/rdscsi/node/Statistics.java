package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.Health;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** How full a volume is, and how it fares, asked only where the volume is shown to be. */
final class Statistics {
    private final Transport transport;
    private final Places places;
    private final StagedVolumes staged;

    Statistics(Transport transport, Places places, StagedVolumes staged) {
        this.transport = transport;
        this.places = places;
        this.staged = staged;
    }

    /**
     * What there is at a path, without asking anything that could hang.
     *
     * @param filesystem one is mounted there, which can be asked
     * @param deviceBytes the size of a raw block volume; nothing if the kernel has lost it
     * @param complaints what is wrong, in words
     */
    record Found(Path place, boolean filesystem, OptionalLong deviceBytes, List<String> complaints) {}

    Found find(String path, Operation operation) throws IOException {
        operation.step("looking for the volume at " + path);
        var volume = operation.volume();
        var known = staged.find(volume).isPresent();
        // First of all: a volume that is not here has no right and no wrong paths.
        if (!known && transport.devices(volume).isEmpty()) throw notThere(path, operation);
        var place = placeOf(path, operation);
        var table = MountTable.read();
        var mounted = table.top(place);
        var node = Places.node(place).map(FileStatus::node);
        // From what is there to its volume: a look that costs the same however many volumes there are.
        if (mounted.isPresent()) {
            var device = transport.device(volume, mounted.get().carrier());
            if (device.isPresent()) return filesystem(place, device.get(), table);
        }
        if (node.isPresent()) {
            var device = transport.device(volume, node.get());
            if (device.isPresent()) return block(place, device.get());
        }
        if (!known || (mounted.isEmpty() && node.isEmpty())) throw notThere(path, operation);
        return lost(place, volume);
    }

    private Found filesystem(Path place, BlockDevice device, MountTable table) throws IOException {
        var complaints = new ArrayList<>(transport.complaints(device));
        complaints.addAll(Health.complaints(device, table.of(device.number())));
        return new Found(place, true, OptionalLong.empty(), complaints);
    }

    private Found block(Path place, BlockDevice device) throws IOException {
        var complaints = new ArrayList<>(transport.complaints(device));
        transport.flaw(device).ifPresent(complaints::add);
        var bytes = device.sizeShown().map(OptionalLong::of).orElse(OptionalLong.empty());
        return new Found(place, false, bytes, complaints);
    }

    private Found lost(Path place, VolumeId volume) throws IOException {
        var devices = transport.devices(volume);
        var complaints = new ArrayList<>(transport.complaints(volume));
        complaints.add("what is at " + place + " shows a device that the kernel has given up"
                + (devices.isEmpty() ? "" : "; the volume came back as " + devices)
                + ". Delete the pods that use it: they get a fresh one");
        return new Found(place, false, OptionalLong.empty(), complaints);
    }

    private Path placeOf(String path, Operation operation) throws IOException {
        try {
            var place = Path.of(path);
            if (place.isAbsolute()) return places.resolve(place);
        } catch (InvalidPathException _) {
            // nothing can be there
        }
        throw notThere(path, operation);
    }

    /** Asks the filesystem itself, which may hang. */
    Usage usage(Path place, Operation operation) throws IOException {
        operation.step("asking the filesystem at " + place + " how full it is");
        return Usage.of(place);
    }

    private static Failed notThere(String path, Operation operation) {
        return new Failed(new NodeProblem.NotThere(operation.volume(), operation.node(), path));
    }
}
