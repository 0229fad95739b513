package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import io.srvlab.rdscsi.volume.VolumeLocks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Making and deleting volumes. Both may be repeated after a crash at any point: what is there decides what is left to do.
 */
public final class Volumes {
    /** Longer than an appliance takes to make a file (5 s were seen). */
    private static final long LEFTOVER_SECONDS = 6;

    private static final int ROUNDS_MAX = 4;

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
    public record Wanted(String name, Bytes size, Optional<Bytes> limit, BasePath base, String spec) {
        boolean admits(Bytes there) {
            return there.covers(size) && limit.map(most -> most.covers(there)).orElse(true);
        }
    }

    /** The volume {@code wanted}, made now or found as it was asked for before. */
    public Disk create(Wanted wanted, Deadline deadline) {
        var volume = Slots.of(wanted.name());
        try (var _ = locks.hold(volume, deadline)) {
            var file = wanted.base().backingFile(volume, cluster);
            var site = appliance.site(Slots.toLookAt(wanted.name()), wanted.base(), file, deadline);
            if (site.disks().isEmpty() && site.fileExists()) site = withoutLeftover(wanted, file, deadline);
            if (!site.disks().isEmpty()) return recognised(site.disks().getFirst(), wanted);
            checkRoom(wanted, site);
            Margin.need(volume, "making it", deadline);
            if (!site.baseExists()) appliance.makeDirectory(wanted.base(), deadline);
            var ledger = Ledger.created(cluster, wanted.name(), volume, wanted.spec(), Instant.now());
            var made = appliance
                    .create(volume, wanted.size(), file, ledger, deadline)
                    .orElseThrow(() -> new Failed(new Problem.NotShown(volume, "make the disk item", "none")));
            var ours =
                    made.comment() instanceof Comment.Recorded(var text, var _) && text.equals(ledger.format(volume));
            if (ours && !wanted.admits(made.size())) throw tooLarge(made, wanted, deadline);
            return recognised(made, wanted);
        }
    }

    /**
     * What is there once a file without an item is gone, which an interrupted creation or deletion of this very volume left:
     * its name says so. Old data must not appear in a new volume. An addition that is still running after its answer was lost
     * has made the file and not yet the item, so it is looked at again before it is removed.
     */
    private Appliance.Site withoutLeftover(Wanted wanted, String file, Deadline deadline) {
        var volume = Slots.of(wanted.name());
        pause(volume, deadline);
        var slots = Slots.toLookAt(wanted.name());
        var site = appliance.site(slots, wanted.base(), file, deadline);
        if (!site.disks().isEmpty() || !site.fileExists()) return site;
        removeFile(volume, file, deadline);
        return appliance.site(slots, wanted.base(), file, deadline);
    }

    private static void pause(VolumeId volume, Deadline deadline) {
        if (deadline.isBefore(Deadline.after(LEFTOVER_SECONDS, SECONDS))) {
            throw new Failed(new Problem.NoTimeLeft(volume, "looking again at a file that an earlier call left"));
        }
        try {
            Thread.sleep(Duration.ofSeconds(LEFTOVER_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed(new Problem.Busy(volume), e);
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

    /** All disk items with a record of this driver, readable or not, of whatever cluster. */
    public List<Disk> list(Deadline deadline) {
        return appliance.recorded(deadline);
    }

    /** {@link ClusterId#mark} of the cluster that these volumes belong to. */
    public String clusterMark() {
        return cluster.mark();
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
            case Comment.Unreadable _, Comment.Newer _ ->
                Ownership.recorded(disk).ledger();
        };
        if (!ledger.cluster().equals(cluster.mark())) throw taken(disk, wanted, "a volume of another cluster");
        if (!ledger.name().equals(Ledger.nameField(wanted.name(), volume))) {
            throw taken(disk, wanted, "the volume of another name");
        }
        if (!ledger.spec().equals(wanted.spec())) {
            throw nameTaken(
                    wanted, disk, "it has " + disk.size() + ", and size, parameters or source are not those asked for");
        }
        if (!wanted.admits(disk.size())) {
            throw nameTaken(wanted, disk, "it has " + disk.size() + ", not within the size asked for");
        }
        return disk;
    }

    /** RouterOS may make a file larger than asked; one over the limit is of no use, and goes again. */
    private Failed tooLarge(Disk made, Wanted wanted, Deadline deadline) {
        remove(made, deadline);
        return new Failed(new Problem.OutOfRange(
                "the appliance made " + made.size() + ", which is not within " + wanted.size() + " and the limit"));
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
        var seen = disk;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            var recorded = deletable(seen);
            Margin.need(disk.volume(), "deleting it", deadline);
            var remains = appliance.remove(seen, recorded.text(), deadline);
            if (remains.disk().isEmpty()) {
                if (remains.file()) removeFile(disk.volume(), disk.filePath(), deadline);
                return;
            }
            var still = remains.disk().get();
            if (still.comment().equals(seen.comment())) {
                throw new Failed(new Problem.NotShown(disk.volume(), "remove the disk item", still.door()));
            }
            // Somebody wrote meanwhile, perhaps only the end of a drain: whether it may be deleted is decided anew.
            seen = still;
        }
        throw new Failed(new Problem.Busy(disk.volume()));
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
