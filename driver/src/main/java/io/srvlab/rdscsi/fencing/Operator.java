package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an operator does by hand when the cluster cannot: on any cluster's volumes, from the appliance alone, beside running
 * controllers, which find on the item what was done. Nothing here lets anybody in. Every method may be repeated; each gives
 * the item as it was read back.
 */
public final class Operator {
    private static final int ROUNDS_MAX = 4;

    private final Appliance appliance;
    private final Doors doors;

    public Operator(Appliance appliance) {
        this.appliance = appliance;
        this.doors = new Doors(appliance, Enforcement.ENFORCED, 0, _ -> {});
    }

    /** Takes the volume from whoever holds it. */
    public Disk cut(VolumeId volume, Deadline deadline) {
        return until(volume, deadline, disk -> switch (disk.comment()) {
            case Comment.Recorded from
            when from.ledger().state() == Ledger.State.HELD -> Optional.of(doors.cut(disk, from, deadline));
            case Comment.Recorded from when disk.exported() -> Optional.of(doors.close(disk, from.text(), deadline));
            case Comment.Unreadable(var text, var _)
            when disk.exported() -> Optional.of(doors.close(disk, text, deadline));
            case Comment.Recorded _, Comment.Unreadable _ -> Optional.empty();
            case Comment.Unset _, Comment.Foreign _, Comment.Newer _ -> throw Ownership.refused(disk);
        });
    }

    /** Takes the volume from whoever holds it, and lets nobody in until it is unlocked. */
    public Disk lock(VolumeId volume, Deadline deadline) {
        return until(volume, deadline, disk -> {
            var from = Ownership.recorded(disk);
            var done = from.ledger().state() == Ledger.State.LOCKED && !disk.exported();
            return done ? Optional.empty() : Optional.of(doors.lock(disk, from, deadline));
        });
    }

    /** Lets a locked volume be attached again, under a number newer than any that was given. */
    public Disk unlock(VolumeId volume, Deadline deadline) {
        return until(volume, deadline, disk -> {
            var from = Ownership.recorded(disk);
            var locked = from.ledger().state() == Ledger.State.LOCKED;
            return locked ? Optional.of(doors.unlock(disk, from, deadline)) : Optional.empty();
        });
    }

    /**
     * Mends a volume whose record cannot be read, or whose door is not as its record says: whoever was let in by that is out.
     *
     * @param cluster whose the volume is, where a damaged record does not say so
     * @throws IllegalArgumentException if nothing says whose it is
     */
    public Disk repair(VolumeId volume, Optional<ClusterId> cluster, Deadline deadline) {
        return until(volume, deadline, disk -> switch (disk.comment()) {
            case Comment.Unreadable(var text, var _) -> {
                var whole = Ledger.salvaged(text, cluster.map(ClusterId::mark), Instant.now());
                yield Optional.of(doors.repair(disk, text, whole, deadline));
            }
            case Comment.Recorded from when isTorn(disk, from.ledger()) -> Optional.of(doors.cut(disk, from, deadline));
            case Comment.Recorded _ -> Optional.empty();
            case Comment.Unset _, Comment.Foreign _, Comment.Newer _ -> throw Ownership.refused(disk);
        });
    }

    /** One volume that a node held, and what kept it from being taken away, if anything did. */
    public record Fenced(VolumeId volume, Optional<Problem> failure) {}

    /** Takes every volume from {@code node}; one that fails keeps none of the others. */
    public List<Fenced> fence(NodeName node, Deadline deadline) {
        return appliance.recorded(deadline).stream()
                .filter(disk -> disk.comment() instanceof Comment.Recorded(var _, var ledger)
                        && ledger.holderOn(node).isPresent())
                .map(disk -> fence(disk.volume(), node, deadline))
                .toList();
    }

    private Fenced fence(VolumeId volume, NodeName node, Deadline deadline) {
        try {
            until(volume, deadline, disk -> {
                var from = Ownership.recorded(disk);
                var leaver = from.ledger().holderOn(node);
                if (leaver.isEmpty()) return Optional.empty();
                return Optional.of(
                        from.ledger().holders().size() > 1 && disk.fits(from.ledger())
                                ? doors.putOut(disk, from, leaver.get(), deadline)
                                : doors.cut(disk, from, deadline));
            });
            return new Fenced(volume, Optional.empty());
        } catch (Failed e) {
            return new Fenced(volume, Optional.of(e.problem()));
        }
    }

    private static boolean isTorn(Disk disk, Ledger ledger) {
        return ledger.state() == Ledger.State.HELD ? !disk.exported() || !disk.fits(ledger) : disk.exported();
    }

    /** Takes steps, each decided on what the item shows then, until none is left to take. */
    private Disk until(VolumeId volume, Deadline deadline, Function<Disk, Optional<Doors.Outcome>> step) {
        var seen = doors.lookToCut(volume, deadline);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            var disk = seen.orElseThrow(() -> new Failed(new Problem.NoSuchVolume(volume.slot())));
            var outcome = step.apply(disk);
            if (outcome.isEmpty()) return disk;
            seen = outcome.get().item();
        }
        throw new Failed(new Problem.Busy(volume));
    }
}
