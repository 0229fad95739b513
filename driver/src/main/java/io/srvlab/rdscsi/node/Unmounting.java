package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Errno;
import io.srvlab.rdscsi.node.linux.ErrnoException;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.MountEntry;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes a volume's mounts away from a place, and nobody else's: not those of another volume whose path was given by mistake, and
 * not those of other filesystems. A mount whose device the kernel has lost is nobody's, and goes.
 */
record Unmounting(Transport transport) {

    /** Unmounts {@code place} until it is no mount point. */
    void from(Path place, Operation operation) throws IOException {
        operation.step("unmounting " + place);
        var mounts = MountTable.read().at(place);
        if (mounts.isEmpty()) return;
        var own = transport.devices(operation.volume());
        for (var mount : mounts) {
            if (isForeign(mount, place, own)) {
                throw new Failed(new NodeProblem.NotOursToUnmount(
                        operation.volume(), operation.node(), place.toString(), mount.toString()));
            }
        }
        try {
            Mounting.unmountAll(place);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EBUSY)) throw e;
            throw new Failed(new NodeProblem.InUse(
                    operation.volume(), operation.node(), "a process still uses files below " + place));
        }
    }

    private static boolean isForeign(MountEntry mount, Path place, List<BlockDevice> own) throws IOException {
        var node = FileStatus.of(place).filter(there -> there.kind() == FileStatus.Kind.BLOCK_DEVICE);
        if (node.isEmpty() && FsType.parse(mount.fsType()).isEmpty()) return true;
        var device = node.isPresent() ? node.get().node() : mount.carrier();
        return BlockDevice.isThere(device)
                && own.stream().noneMatch(ours -> ours.number().equals(device));
    }
}
