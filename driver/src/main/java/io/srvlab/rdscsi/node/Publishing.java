package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.FileStatus.Kind;
import io.srvlab.rdscsi.node.linux.MountEntry;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Shows a staged volume at a pod's target path, and takes it away from there. */
final class Publishing {
    private final Transport transport;
    private final Places places;
    private final Unmounting unmounting;

    Publishing(Transport transport, Places places) {
        this.transport = transport;
        this.places = places;
        this.unmounting = new Unmounting(transport);
    }

    void publish(Requests.Publish request, Operation operation) throws IOException {
        var staging = places.resolve(request.staging());
        var target = places.resolve(request.target());
        var device = transport.find(request.volume(), request.door()).orElseThrow(() -> notStaged(staging, operation));
        switch (request.access()) {
            case Access.Mount access -> publishMount(device, access, staging, target, request.readOnly(), operation);
            case Access.Block access -> {
                refuseWriter(staging, device.readOnly(), request.readOnly(), operation);
                BlockTargets.in(staging).add(target, device, access.onePlaceOnly(), operation);
                publishNode(device, target, request.readOnly(), operation);
            }
        }
    }

    private static void publishMount(
            BlockDevice device, Access.Mount access, Path staging, Path target, boolean readOnly, Operation operation)
            throws IOException {
        var table = MountTable.read();
        var staged = table.top(staging).orElseThrow(() -> notStaged(staging, operation));
        if (!staged.carrier().equals(device.number())) {
            throw new Failed(new NodeProblem.StagedFromElsewhere(
                    operation.volume(), operation.node(), staging.toString(), staged.toString(), device.toString()));
        }
        refuseWriter(staging, staged.readOnly(), readOnly, operation);
        if (access.onePlaceOnly()) refuseSecondPlace(table, device, staging, target, operation);
        var wanted = (readOnly ? "a read-only" : "a writable") + " mount of " + device;
        var shown = table.top(target);
        if (shown.isPresent()) {
            var same = shown.get().carrier().equals(device.number())
                    && shown.get().root().equals(staged.root())
                    && shown.get().readOnly() == (readOnly || staged.readOnly());
            if (same) return;
            throw occupied(target, described(shown.get()), wanted, operation);
        }
        operation.step("mounting " + device + " at " + target);
        refuseFile(target, wanted, operation);
        Files.createDirectories(target);
        Mounting.bind(staging, target, readOnly);
    }

    /** What was staged for readers is not shown as if it could be written. */
    private static void refuseWriter(Path staging, boolean stagedReadOnly, boolean readOnly, Operation operation) {
        if (!stagedReadOnly || readOnly) return;
        throw occupied(staging, "a volume staged read-only", "a writable one", operation);
    }

    private static void refuseSecondPlace(
            MountTable table, BlockDevice device, Path staging, Path target, Operation operation) throws IOException {
        for (var entry : table.of(device.number())) {
            var place = Path.of(entry.mountPoint());
            if (!place.equals(staging) && !place.equals(target)) {
                throw new Failed(new NodeProblem.PublishedElsewhere(
                        operation.volume(), operation.node(), target.toString(), place.toString()));
            }
        }
    }

    /** Mounting over a directory that holds something would hide it, and taking it away later would have to fail. */
    private static void refuseFile(Path target, String wanted, Operation operation) throws IOException {
        var there = FileStatus.of(target);
        if (there.isEmpty()) return;
        if (there.get().kind() != Kind.DIRECTORY) {
            throw occupied(target, "a file of kind " + there.get().kind(), wanted, operation);
        }
        try (var entries = Files.newDirectoryStream(target)) {
            if (entries.iterator().hasNext()) {
                throw occupied(target, "a directory with files in it", wanted, operation);
            }
        }
    }

    /**
     * Makes the target a node for the device that carries the volume now. A node that is there already is compared by
     * number; one that means another device is a leftover from before a reboot, since the target belongs to this volume
     * and pod alone, and is replaced: it is a name, and removing it touches no device.
     */
    private static void publishNode(BlockDevice device, Path target, boolean readOnly, Operation operation)
            throws IOException {
        operation.step("making " + target + " a node for " + device);
        var table = MountTable.read();
        var there = FileStatus.of(target);
        if (there.isPresent()) {
            var isNode = there.get().kind() == Kind.BLOCK_DEVICE;
            if (isNode && there.get().node().equals(device.number())) {
                var shownReadOnly = table.top(target)
                        .map(MountEntry::readOnly)
                        .orElse(!there.get().writable());
                if (shownReadOnly == readOnly) return;
                throw occupied(target, node(shownReadOnly, device), node(readOnly, device), operation);
            }
            if (table.top(target).isPresent()) {
                throw occupied(target, described(table.top(target).get()), "a node for " + device, operation);
            }
            if (isNode) Files.delete(target);
            else if (!emptyFile(there.get())) {
                throw occupied(target, "a file of kind " + there.get().kind(), "a node for " + device, operation);
            }
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        if (nodesMeanNothing(table, target)) {
            if (!Files.exists(target)) Files.createFile(target);
            Mounting.bind(device.path(), target, readOnly);
        } else {
            Files.deleteIfExists(target);
            Mounting.makeNode(target, device.number(), readOnly);
        }
        var made = FileStatus.of(target).map(FileStatus::node);
        if (!made.equals(Optional.of(device.number()))) {
            throw new IOException(target + " does not show " + device + " but " + made);
        }
    }

    private static String node(boolean readOnly, BlockDevice device) {
        return (readOnly ? "a read-only" : "a writable") + " node for " + device;
    }

    /** What a crash between making the file and mounting on it leaves. */
    private static boolean emptyFile(FileStatus file) {
        return file.kind() == Kind.REGULAR && file.size() == 0;
    }

    private static boolean nodesMeanNothing(MountTable table, Path target) {
        return table.covering(target).map(MountEntry::options).orElseThrow().contains("nodev");
    }

    /** Unmounts the target until it is no mount point, then removes it if it is empty: never what is in it. */
    void unpublish(Requests.Unpublish request, Operation operation) throws IOException {
        var target = places.resolve(request.target());
        unmounting.from(target, operation);
        operation.step("removing " + target);
        var there = FileStatus.of(target);
        if (there.isEmpty()) return;
        var removable = switch (there.get().kind()) {
            case DIRECTORY, BLOCK_DEVICE -> true;
            case REGULAR -> there.get().size() == 0;
            case SYMLINK, OTHER -> false;
        };
        if (!removable) throw left(target, "a file of kind " + there.get().kind(), operation);
        try {
            Files.deleteIfExists(target); // rmdir(2) or unlink(2)
        } catch (DirectoryNotEmptyException e) {
            throw left(target, "a directory with files in it", operation);
        }
    }

    private static String described(MountEntry entry) {
        return (entry.readOnly() ? "a read-only" : "a writable") + " mount of " + entry;
    }

    private static Failed notStaged(Path staging, Operation operation) {
        return new Failed(new NodeProblem.NotStaged(operation.volume(), operation.node(), staging.toString()));
    }

    private static Failed occupied(Path target, String found, String wanted, Operation operation) {
        return new Failed(
                new NodeProblem.Occupied(operation.volume(), operation.node(), target.toString(), found, wanted));
    }

    private static Failed left(Path target, String found, Operation operation) {
        return new Failed(
                new NodeProblem.NotOursToRemove(operation.volume(), operation.node(), target.toString(), found));
    }
}
