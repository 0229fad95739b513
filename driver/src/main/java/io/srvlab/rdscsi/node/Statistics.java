package io.srvlab.rdscsi.node;

import io.grpc.Deadline;
import io.srvlab.rdscsi.node.filesystem.Health;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.MountEntry;
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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How full a volume is, and how it fares, asked only where the volume is shown to be. */
final class Statistics {
    private final Operations operations;
    private final Transport transport;
    private final Places places;
    private final StagedVolumes staged;
    private final Filesystem filesystem;

    Statistics(Operations operations, Transport transport, Places places, StagedVolumes staged) {
        this(operations, transport, places, staged, Usage::of);
    }

    Statistics(Operations operations, Transport transport, Places places, StagedVolumes staged, Filesystem filesystem) {
        this.operations = operations;
        this.transport = transport;
        this.places = places;
        this.staged = staged;
        this.filesystem = filesystem;
    }

    /** Says how full the filesystem at a place is; may hang. */
    interface Filesystem {
        Usage usage(Path place) throws IOException;
    }

    /**
     * What is known of a volume.
     *
     * @param usage of its filesystem; nothing if it has none, or that does not answer
     * @param deviceBytes the size of a raw block volume; nothing if the kernel has lost it
     * @param complaints what is wrong, in words
     */
    record Known(Optional<Usage> usage, OptionalLong deviceBytes, List<String> complaints) {}

    /**
     * What there is at a path, without asking anything that could hang.
     *
     * @param filesystem one is mounted there, which can be asked
     * @param deviceBytes as in {@link Known}
     * @param complaints as in {@link Known}
     */
    private record Found(Path place, boolean filesystem, OptionalLong deviceBytes, List<String> complaints) {
        Known with(Usage usage) {
            return new Known(Optional.of(usage), deviceBytes, complaints);
        }

        Known without(String... more) {
            return new Known(
                    Optional.empty(),
                    deviceBytes,
                    Stream.concat(complaints.stream(), Stream.of(more)).toList());
        }
    }

    /**
     * Asks about the volume at {@code path}, in one operation. That its filesystem does not answer is something known of it.
     *
     * @throws Failed if the volume is not there, or the filesystem was not even asked, which says nothing of it
     */
    Known ask(VolumeId volume, String path, Deadline deadline) {
        var asked = new AtomicReference<@Nullable Found>();
        try {
            return operations.ask(volume, deadline, operation -> {
                var found = find(path, operation);
                if (!found.filesystem()) return found.without();
                operation.step("asking the filesystem at " + found.place() + " how full it is");
                asked.set(found);
                return found.with(filesystem.usage(found.place()));
            });
        } catch (Failed e) {
            var found = asked.get();
            if (found == null) throw e;
            return found.without(
                    "the filesystem does not answer: " + e.problem().sentence());
        }
    }

    private Found find(String path, Operation operation) throws IOException {
        operation.step("looking for the volume at " + path);
        var volume = operation.volume();
        var known = staged.contains(volume);
        // First of all: a volume that is not here has no right and no wrong paths.
        if (!known && transport.devices(volume).isEmpty()) throw notThere(path, operation);
        var place = placeOf(path, operation);
        var table = MountTable.read();
        var mounted = table.top(place);
        var node = Places.node(place).map(FileStatus::node);
        // From what is there to its volume: a look that costs the same however many volumes there are.
        if (mounted.isPresent()) {
            var device = transport.device(volume, mounted.get().carrier());
            if (device.isPresent()) return filesystem(place, device.get(), table.sharing(mounted.get()));
        }
        if (node.isPresent()) {
            var device = transport.device(volume, node.get());
            if (device.isPresent()) return block(place, device.get());
        }
        if (!known || (mounted.isEmpty() && node.isEmpty())) throw notThere(path, operation);
        return lost(place, volume);
    }

    private Found filesystem(Path place, BlockDevice device, List<MountEntry> mounts) throws IOException {
        var complaints = new ArrayList<>(transport.complaints(device));
        complaints.addAll(Health.complaints(device, mounts));
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

    private static Failed notThere(String path, Operation operation) {
        return new Failed(new NodeProblem.NotThere(operation.volume(), operation.node(), path));
    }
}
