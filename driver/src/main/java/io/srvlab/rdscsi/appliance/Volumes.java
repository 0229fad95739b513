package io.srvlab.rdscsi.appliance;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import io.srvlab.rdscsi.volume.VolumeLocks;
import java.time.Instant;
import java.util.Optional;

/**
 * Making and deleting volumes. Both may be repeated after a crash at any point: what is there decides what is left to do.
 */
public final class Volumes {
    private final Appliance appliance;
    private final ClusterId cluster;
    private final VolumeLocks locks;

    public Volumes(Appliance appliance, ClusterId cluster, VolumeLocks locks) {
        this.appliance = appliance;
        this.cluster = cluster;
        this.locks = locks;
    }

    /**
     * A volume that is to be there.
     *
     * @param name the CSI name
     * @param size at least this
     * @param limit at most this
     * @param base where its file is made
     * @param spec hash of all that was asked for: the same request again has the same
     */
    public record Wanted(String name, Bytes size, Optional<Bytes> limit, BasePath base, String spec) {}

    /** The volume {@code wanted}, made now or found as it was asked for before. */
    public Disk create(Wanted wanted, Deadline deadline) {
        var volume = Slots.of(wanted.name());
        try (var _ = locks.hold(volume, deadline)) {
            var file = wanted.base().backingFile(volume, cluster);
            var site = appliance.site(Slots.toLookAt(wanted.name()), wanted.base(), file, deadline);
            if (!site.disks().isEmpty()) return recognised(site.disks().getFirst(), wanted);
            checkRoom(wanted, site);
            if (site.fileExists()) {
                throw new Failed(new Problem.SlotTaken(
                        wanted.name(),
                        volume.slot(),
                        "no item, but the file " + file + " of an earlier volume, which DeleteVolume of '" + volume
                                + "' would remove"));
            }
            if (!site.baseExists()) appliance.makeDirectory(wanted.base(), deadline);
            Margin.need(volume, "making it", deadline);
            var ledger = Ledger.created(cluster, wanted.name(), volume, wanted.spec(), Instant.now());
            var made = appliance
                    .create(volume, wanted.size(), file, ledger, deadline)
                    .orElseThrow(() -> new Failed(new Problem.NotShown(volume, "make the disk item", "none")));
            return within(wanted.limit(), recognised(made, wanted), deadline);
        }
    }

    /** Deletes item and file; afterwards both are shown to be gone. A volume that is not there is gone. */
    public void delete(VolumeId volume, Deadline deadline) {
        try (var _ = locks.hold(volume, deadline)) {
            var disk = appliance.disk(volume, deadline);
            if (disk.isPresent()) {
                remove(disk.get(), deadline);
            } else {
                // An earlier call may have ended between the item and its file.
                for (var file : appliance.trace(volume, cluster, deadline).files()) removeFile(volume, file, deadline);
            }
        }
    }

    /** The volume, or nothing if the appliance has no item in its slot. */
    public Optional<Disk> find(VolumeId volume, Deadline deadline) {
        return appliance.disk(volume, deadline);
    }

    /** The pool under {@code base}, or nothing if none is mounted there. */
    public Optional<Pool> pool(BasePath base, Deadline deadline) {
        return appliance.pool(base, deadline);
    }

    private Disk recognised(Disk disk, Wanted wanted) {
        var volume = Slots.of(wanted.name());
        var ledger = switch (disk.comment()) {
            case Comment.Recorded(var _, var recorded) -> recorded;
            case Comment.Unset _ -> throw taken(disk, wanted, "one without a record of this driver");
            case Comment.Foreign(var text) -> throw taken(disk, wanted, "one with the comment '" + text + "'");
            case Comment.Unreadable(var _, var why) -> throw new Failed(new Problem.Unreadable(disk.volume(), why));
        };
        if (!ledger.cluster().equals(cluster.mark())) throw taken(disk, wanted, "a volume of another cluster");
        if (!ledger.name().equals(Ledger.nameField(wanted.name(), volume))) {
            throw taken(disk, wanted, "the volume of another name");
        }
        if (!ledger.spec().equals(wanted.spec())) {
            throw nameTaken(
                    wanted, disk, "it has " + disk.size() + ", and size, parameters or source are not those asked for");
        }
        if (!disk.size().covers(wanted.size())) {
            throw nameTaken(wanted, disk, "it has " + disk.size() + ", less than the " + wanted.size() + " asked for");
        }
        return disk;
    }

    /** RouterOS may make a file larger than asked; one over the limit is of no use and goes again. */
    private Disk within(Optional<Bytes> limit, Disk made, Deadline deadline) {
        if (limit.isEmpty() || limit.get().covers(made.size())) return made;
        remove(made, deadline);
        throw new Failed(
                new Problem.OutOfRange("the appliance made " + made.size() + ", over the limit of " + limit.get()));
    }

    private static void checkRoom(Wanted wanted, Appliance.Site site) {
        var base = wanted.base();
        var pool = site.pool()
                .orElseThrow(() -> new Failed(new Problem.NoBasePath(
                        base.path(), "no disk item of the appliance is mounted at " + base.mountPoint())));
        if (!pool.size().covers(wanted.size())) {
            throw new Failed(new Problem.OutOfRange(
                    wanted.size() + " asked for, and the whole pool " + base.mountPoint() + " has " + pool.size()));
        }
        if (!pool.free().covers(wanted.size())) {
            throw new Failed(new Problem.NoRoom(
                    wanted.name(),
                    wanted.size() + " asked for, " + pool.free() + " free on pool " + base.mountPoint()));
        }
    }

    private void remove(Disk disk, Deadline deadline) {
        var recorded = deletable(disk);
        Margin.need(disk.volume(), "deleting it", deadline);
        var remains = appliance.remove(disk, recorded.text(), deadline);
        remains.disk().ifPresent(still -> {
            throw new Failed(
                    new Problem.NotShown(disk.volume(), "remove the disk item", still.door() + ", " + still.comment()));
        });
        if (remains.file()) removeFile(disk.volume(), disk.filePath(), deadline);
    }

    private void removeFile(VolumeId volume, String file, Deadline deadline) {
        Margin.need(volume, "deleting its file", deadline);
        if (!appliance.removeFile(file, deadline)) {
            throw new Failed(new Problem.NotShown(
                    volume, "remove the file " + file, "it still (in use by another disk item, or not removable)"));
        }
    }

    /** The record of a volume that may be deleted: ours, held by nobody, open to nobody, with a file that we made. */
    private Comment.Recorded deletable(Disk disk) {
        var volume = disk.volume();
        var recorded = Ownership.recorded(disk);
        var ledger = recorded.ledger();
        if (!ledger.cluster().equals(cluster.mark())) {
            throw new Failed(new Problem.OtherCluster(volume, ledger.holderNames()));
        }
        if (ledger.state() == Ledger.State.LOCKED) throw new Failed(new Problem.Locked(volume));
        if (ledger.state() == Ledger.State.HELD) {
            throw new Failed(new Problem.StillPublished(volume, ledger.holderNames()));
        }
        if (disk.exported()) {
            throw new Failed(
                    new Problem.StillPublished(volume, "somebody: its record names no node, but " + disk.door()));
        }
        if (!disk.filePath().endsWith("/" + BasePath.backingFileName(volume, cluster))) {
            throw new Failed(new Problem.NotOurs(volume, "its file is now " + disk.filePath()));
        }
        return recorded;
    }

    private static Failed taken(Disk disk, Wanted wanted, String what) {
        return new Failed(new Problem.SlotTaken(wanted.name(), disk.volume().slot(), what));
    }

    private static Failed nameTaken(Wanted wanted, Disk disk, String difference) {
        return new Failed(new Problem.NameTaken(wanted.name(), disk.volume(), difference));
    }
}
