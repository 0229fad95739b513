package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.DeviceNumber;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.LoopDevices.Attached;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.ShortHash;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * For trying without NVMe: attaches, as a loop device, the backing file that {@code DIR/<nqn>} points to. The simulator
 * keeps that link only while the NQN is exported, so the link is the door. Each device carries a mark that says whose it
 * is, {@code rds-csi/<node and volume>/<attachment>}, by which it is known again after a restart.
 */
public final class LoopTransport implements Transport {
    private static final int HASH_LENGTH = 26; // 130 bits: no two volumes share one
    private static final int ATTACHMENT_LENGTH_MAX = 28; // what the mark has room for

    private final NodeName node;
    private final Path doors;

    /** @param doors the directory of links, which the simulator announces as {@code exports} */
    public LoopTransport(NodeName node, Path doors) {
        this.node = node;
        this.doors = doors;
    }

    @Override
    public Attachment attach(Door door, boolean readOnly, Operation operation) throws IOException {
        removeOlder(door, operation);
        var file = awaitOpen(door, operation);
        operation.step("attaching " + file + " as a loop device");
        var status = FileStatus.following(file).filter(found -> found.kind() == FileStatus.Kind.REGULAR);
        if (status.isEmpty()) throw new IOException(file + " is no regular file");
        var mark = mark(operation.volume(), door);
        refuseHeld(file, status.get(), mark, operation);
        var present = attached(operation.volume(), door);
        if (present.isPresent()) {
            refuseOther(present.get(), status.get(), readOnly, operation);
            return new Attachment(present.get().device(), false);
        }
        var device = LoopDevices.attach(file, readOnly, mark);
        try {
            // Again: another process may have attached the same file between the look and the deed.
            refuseHeld(file, status.get(), mark, operation);
        } catch (IOException | RuntimeException e) {
            LoopDevices.clear(device);
            throw e;
        }
        return new Attachment(device, true);
    }

    @Override
    public Optional<BlockDevice> find(VolumeId volume, Door door) throws IOException {
        return attached(volume, door).map(Attached::device);
    }

    private Optional<Attached> attached(VolumeId volume, Door door) throws IOException {
        var mark = mark(volume, door);
        var devices = LoopDevices.list().stream()
                .filter(loop -> loop.mark().equals(mark))
                .toList();
        if (devices.size() > 1) {
            throw new Failed(
                    new NodeProblem.Ambiguous(volume, node, door.subsystem().text(), devices.toString()));
        }
        return devices.stream().findFirst();
    }

    @Override
    public List<BlockDevice> devices(VolumeId volume) throws IOException {
        return own(volume).stream().map(Attached::device).toList();
    }

    @Override
    public Optional<BlockDevice> device(VolumeId volume, DeviceNumber number) throws IOException {
        return LoopDevices.attached(number)
                .filter(loop -> loop.mark().startsWith(prefix(volume)))
                .map(Attached::device);
    }

    @Override
    public void rescan(VolumeId volume) throws IOException {
        for (var device : devices(volume)) LoopDevices.refreshSize(device);
    }

    /** A loop device has no session that could be lost. */
    @Override
    public List<String> complaints(VolumeId volume) {
        return List.of();
    }

    @Override
    public List<String> complaints(BlockDevice device) {
        return List.of();
    }

    @Override
    public Optional<String> flaw(BlockDevice device) {
        return Optional.empty();
    }

    @Override
    public void detach(Operation operation) throws IOException {
        for (var loop : own(operation.volume())) {
            operation.step("detaching " + loop.device());
            LoopDevices.clear(loop.device());
        }
        List<BlockDevice> left;
        do { // a device that something still has open goes when that closes it
            left = devices(operation.volume());
            if (left.isEmpty()) return;
        } while (operation.mayLookAgain());
        throw new Failed(new NodeProblem.StillAttached(
                operation.volume(), node, "something has " + left + " open, so the kernel keeps the file attached"));
    }

    private List<Attached> own(VolumeId volume) throws IOException {
        var prefix = prefix(volume);
        return LoopDevices.list().stream()
                .filter(loop -> loop.mark().startsWith(prefix))
                .toList();
    }

    private void removeOlder(Door door, Operation operation) throws IOException {
        var volume = operation.volume();
        var mark = mark(volume, door);
        for (var loop : own(volume)) {
            if (loop.mark().equals(mark)) continue;
            operation.step("removing " + loop.device() + " of an earlier attachment");
            var mounts = MountTable.read().of(loop.device().number());
            if (!mounts.isEmpty()) {
                throw new Failed(new NodeProblem.OlderAttachment(
                        volume,
                        node,
                        loop.device().toString(),
                        "it is mounted at " + mounts.getFirst().mountPoint()));
            }
            LoopDevices.clear(loop.device());
            while (LoopDevices.status(loop.device()).filter(loop::equals).isPresent()) {
                if (!operation.mayLookAgain()) {
                    throw new Failed(new NodeProblem.OlderAttachment(
                            volume, node, loop.device().toString(), "something has it open"));
                }
            }
        }
    }

    private Path awaitOpen(Door door, Operation operation) throws IOException {
        var link = doors.resolve(door.subsystem().text());
        operation.step("waiting for " + link);
        while (FileStatus.following(link).isEmpty()) {
            if (!operation.mayLookAgain()) {
                throw new Failed(new NodeProblem.NoDoor(
                        operation.volume(), node, door.subsystem().text(), "there is no " + link));
            }
        }
        return link.toRealPath();
    }

    /** Compared by device and inode: the same file has other paths, and the same path may be another file. */
    private void refuseHeld(Path file, FileStatus status, String mark, Operation operation) throws IOException {
        for (var loop : LoopDevices.list()) {
            if (loop.holds(status) && !loop.mark().equals(mark)) {
                var device = loop.device().path().toString();
                var holder = "marked '" + loop.mark() + "'";
                throw new Failed(
                        new NodeProblem.HeldByDevice(operation.volume(), node, file.toString(), device, holder));
            }
        }
    }

    private static void refuseOther(Attached present, FileStatus status, boolean readOnly, Operation operation)
            throws IOException {
        var device = present.device();
        if (!present.holds(status))
            throw new IOException(device + " bears this attachment's mark but holds another file");
        if (present.readOnly() != readOnly) {
            var found = present.readOnly() ? "a read-only attachment" : "a writable attachment";
            throw new Failed(new NodeProblem.Occupied(
                    operation.volume(), operation.node(), device.toString(), found, "the opposite"));
        }
    }

    private String prefix(VolumeId volume) {
        return "rds-csi/" + ShortHash.of(HASH_LENGTH, node.text(), volume.slot()) + "/";
    }

    private String mark(VolumeId volume, Door door) {
        var attachment = door.attachment();
        var fits = attachment.length() <= ATTACHMENT_LENGTH_MAX;
        return prefix(volume) + (fits ? attachment : ShortHash.of(HASH_LENGTH, attachment));
    }
}
