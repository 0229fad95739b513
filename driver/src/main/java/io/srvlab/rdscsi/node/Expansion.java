package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.filesystem.Growth;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.MountEntry;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Has this node see that a volume has grown, and its filesystem take up the room. */
final class Expansion {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    /** How often to look, where nobody says how large the volume should be. */
    private static final int LOOKS_WITHOUT_WISH = 10;

    private final Transport transport;
    private final Places places;

    Expansion(Transport transport, Places places) {
        this.transport = transport;
        this.places = places;
    }

    /** Returns the device's size in bytes, of which a filesystem on it takes up all. */
    long expand(Requests.Expand request, Operation operation) throws IOException {
        operation.step("looking for the volume at " + request.path());
        var devices = transport.devices(operation.volume());
        // First of all: a volume that is not here has no right and no wrong paths.
        if (devices.isEmpty()) throw notThere(request.path(), operation);
        var place = places.resolve(request.place());
        var mounted = MountTable.read().top(place);
        for (var device : devices) {
            if (Places.isNodeOf(device, place)) return seen(device, request.bytesLeast(), operation);
            if (mounted.isEmpty() || !mounted.get().carrier().equals(device.number())) continue;
            var size = seen(device, request.bytesLeast(), operation);
            grow(device, mounted.get(), place, size, operation);
            return size;
        }
        throw notThere(request.path(), operation);
    }

    private static Failed notThere(String path, Operation operation) {
        return new Failed(new NodeProblem.NotThere(operation.volume(), operation.node(), path));
    }

    /** Has the kernel ask for the size again until it is what it should be. */
    private long seen(BlockDevice device, long bytesLeast, Operation operation) throws IOException {
        operation.step("having the kernel read the size of " + device + " again");
        var before = size(device, operation);
        var size = before;
        for (var looks = 1; ; looks++) {
            transport.rescan(operation.volume());
            size = size(device, operation);
            if (bytesLeast > 0 ? size >= bytesLeast : size > before || looks == LOOKS_WITHOUT_WISH) return size;
            if (!operation.mayLookAgain(LOOK_AGAIN)) {
                throw notGrown(
                        device + " has " + size + " bytes, and " + bytesLeast
                                + " are wanted: the appliance does not show it that large",
                        operation);
            }
            // A look may outlast the deadline; then this is all that the caller hears of those before it.
            operation.step(
                    "having the kernel read the size of " + device + " again, which has " + size + " bytes so far");
        }
    }

    private static long size(BlockDevice device, Operation operation) throws IOException {
        return device.sizeShown().orElseThrow(() -> notGrown(device + " is gone", operation));
    }

    private static void grow(BlockDevice device, MountEntry mount, Path place, long size, Operation operation)
            throws IOException {
        var type = FsType.parse(mount.fsType())
                .orElseThrow(() -> notGrown(mount.fsType() + " cannot be grown by this driver", operation));
        operation.step("growing the " + type + " filesystem at " + place + " to " + size + " bytes");
        if (Growth.size(type, device, place) < size) Growth.grow(type, device, place, size);
        var grown = Growth.size(type, device, place);
        if (!Growth.fills(grown, size)) {
            throw notGrown(
                    "the " + type + " filesystem at " + place + " has " + grown + " bytes of " + size, operation);
        }
    }

    private static Failed notGrown(String what, Operation operation) {
        return new Failed(new NodeProblem.NotGrown(operation.volume(), operation.node(), what));
    }
}
