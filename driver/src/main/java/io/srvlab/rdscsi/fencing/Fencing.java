package io.srvlab.rdscsi.fencing;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Access;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.cluster.Attached;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import io.srvlab.rdscsi.volume.VolumeLocks;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one host in at a time, and shows that the last one is out. Keeps nothing that matters: kill it between any two
 * commands, and the next process reads on from the disk item.
 */
public final class Fencing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Fencing.class);
    /** How long is waited for the cluster where its answer makes an act gentler, or a list exact, but is not needed for it. */
    private static final long COURTESY_SECONDS = 1;

    private static final long CHECK_SECONDS = 30;

    private final Cluster cluster;
    private final Config config;
    private final VolumeLocks locks;
    private final Doors doors;
    private final ShutDoor shutDoor;
    private final Drains drains;
    private final Migrations migrations;
    private final Consumer<Happening> listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("migrations").factory());

    /**
     * What fencing is told.
     *
     * @param settle how long what the appliance accepted before a cut may take to land, where it does not count
     * @param maxVolumesPerNode 0 for no limit
     */
    public record Config(ClusterId clusterId, Enforcement enforcement, Duration settle, int maxVolumesPerNode) {}

    /**
     * What somebody asks for.
     *
     * @param migrationLimit how long two nodes may share the volume before that is said to be wrong
     */
    public record Wanted(VolumeId volume, NodeName node, Access access, Duration migrationLimit) {}

    /**
     * Fencing for one cluster on one appliance.
     *
     * @param doorCheck looks at cut doors from the data path
     * @param listener hears what happens; returns at once and never throws
     */
    public Fencing(
            Appliance appliance,
            Cluster cluster,
            DoorCheck doorCheck,
            Config config,
            VolumeLocks locks,
            Consumer<Happening> listener) {
        this.cluster = cluster;
        this.config = config;
        this.locks = locks;
        this.listener = listener;
        doors = new Doors(appliance, config.enforcement(), config.maxVolumesPerNode(), listener);
        shutDoor = new ShutDoor(doorCheck, listener);
        drains = new Drains(appliance, doors, shutDoor, config.settle(), listener);
        migrations = new Migrations(doors, timer, listener);
    }

    /** Gives a node the volume and returns what was read back; the same again ends in the same attachment. */
    public Attachment publish(Wanted wanted, Deadline deadline) {
        try (var _ = locks.hold(wanted.volume(), deadline)) {
            var looks = new LiveLooks(cluster, wanted.volume(), deadline, threads);
            return new Admission(config, doors, drains, migrations, listener)
                    .admit(wanted, looks, newestKnown(wanted.volume()), deadline);
        }
    }

    /** Takes the volume from {@code node}, or from whoever holds it; returns when that was read back. */
    public void unpublish(VolumeId volume, Optional<NodeName> node, Deadline deadline) {
        try (var _ = locks.hold(volume, deadline)) {
            var looks = new LiveLooks(
                    cluster, volume, deadline.minimum(Deadline.after(COURTESY_SECONDS, SECONDS)), threads);
            new Dismissal(config, doors, shutDoor, drains, listener)
                    .dismiss(volume, node, looks, newestKnown(volume), deadline);
        } catch (Failed e) {
            if (config.enforcement() == Enforcement.ENFORCED) throw e;
            log.warn("volume {}: answered OK without having shown it (--fencing=advisory): {}", volume, e.getMessage());
            listener.accept(new Happening.NotEnforced(volume, String.valueOf(e.getMessage())));
        }
    }

    /** The nodes that the cluster takes {@code volume} to be attached to, as last seen. */
    public List<NodeName> knownNodes(VolumeId volume) {
        return cluster.attachments(volume).stream().map(Attached::node).toList();
    }

    /**
     * Of those who hold {@code disks}: the nodes that are other machines by now. Who could not be looked at in time is not
     * among them.
     */
    public Set<Holder> replaced(List<Disk> disks, Deadline deadline) {
        return new ReplacedNodes(cluster, threads)
                .holdersAmong(
                        disks, config.clusterId().mark(), deadline.minimum(Deadline.after(COURTESY_SECONDS, SECONDS)));
    }

    /** Remembers how the caller saw an item, for a first try. */
    public void saw(Disk disk) {
        doors.saw(disk);
    }

    /**
     * Cuts and locks, behind the caller, what is among {@code disks} with a record older than the cluster was told. The
     * item is read anew before anything is done to it.
     */
    public void checkRecords(List<Disk> disks) {
        for (var disk : disks) {
            if (disk.comment() instanceof Comment.Recorded from
                    && Departure.setBack(from, config.clusterId().mark(), newestKnown(disk.volume()))
                            .isPresent()) {
                threads.execute(() -> lockIfOld(disk.volume()));
            }
        }
    }

    private void lockIfOld(VolumeId volume) {
        var deadline = Deadline.after(CHECK_SECONDS, SECONDS);
        try (var _ = locks.hold(volume, deadline)) {
            new Dismissal(config, doors, shutDoor, drains, listener).lockIfOld(volume, newestKnown(volume), deadline);
        } catch (Failed e) {
            log.error(
                    "volume {}: its record is older than the cluster was told, and it could not be locked: {}",
                    volume,
                    e.getMessage());
        }
    }

    /**
     * The newest claim that the cluster was told of. Asked before the item is read: what was given by then, the item must
     * show, or something newer.
     */
    private Optional<Claim> newestKnown(VolumeId volume) {
        return cluster.attachments(volume).stream()
                .map(Attached::claim)
                .flatMap(Optional::stream)
                .flatMap(text -> Claim.tryParse(text).stream())
                .max(Comparator.comparingLong(Claim::seq));
    }

    /** Stops watching; what was not shown to be drained stays recorded as cut. */
    @Override
    public void close() {
        drains.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }
}
