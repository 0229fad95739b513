package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Optional;

/** What one read of a disk item, and the live looks that matter, call for at an unpublish. Writes nothing. */
sealed interface Departure {
    /** The node is no holder, and no door is open to it: OK. */
    record Done() implements Departure {}

    /** Nobody holds it: a new number, so that a late grant of a process that died finds nothing to match. */
    record Renumber(Comment.Recorded from) implements Departure {}

    /** The record is damaged or locked: switch the export off and touch nothing else. */
    record Close(String comment) implements Departure {}

    /** All who hold it have left it in good order: straight to free. */
    record Free(Comment.Recorded from) implements Departure {}

    /** The attachment ends while its node may still use it. */
    record Cut(Comment.Recorded from, Happening.Reason why) implements Departure {}

    /** Shared; one has left in good order, the other stays. */
    record Leave(Comment.Recorded from, Holder leaver) implements Departure {}

    /** Shared; one is put out while it may still use it, the other stays. */
    record PutOut(Comment.Recorded from, Holder leaver) implements Departure {}

    /** Shared; somebody was put out, and the export is not on again for the one who stays. */
    record Finish(Comment.Recorded from) implements Departure {}

    /** The record is older than an attachment that the cluster knows of: cut and lock. */
    record SetBack(Comment.Recorded from, Claim known) implements Departure {}

    /** Not to be ended by this call. */
    record Refuse(Problem why) implements Departure {}

    /** Whether this ends the call, and so has to rest on a live read. */
    default boolean answers() {
        return this instanceof Done || this instanceof Refuse;
    }

    /**
     * What the call is about.
     *
     * @param cluster {@link io.srvlab.rdscsi.appliance.ClusterId#mark} of the asking cluster
     * @param node nothing for whoever holds it
     * @param newestKnown the newest claim of this volume that the cluster knew of before the item was read
     * @param bound the claim that this call read first: it never ends a later one
     * @param wrote whether this call has changed the item already
     */
    record Call(
            String cluster,
            Optional<NodeName> node,
            Optional<Claim> newestKnown,
            Optional<Claim> bound,
            boolean wrote) {}

    /** The live looks at a holder. */
    interface Looks {
        Presence presence(Holder holder);

        Wish wish(Holder holder);
    }

    /**
     * Decides.
     *
     * @throws Failed if the item is open and not shown to be ours: there is nothing that this driver may do
     */
    static Departure of(Disk disk, Call call, Looks looks) {
        return switch (disk.comment()) {
            case Comment.Recorded recorded -> ofRecorded(disk, recorded, call, looks);
            // Whoever is let in by a damaged record, nobody can say; it is closed to all.
            case Comment.Unreadable(var text, var _) -> disk.exported() ? new Close(text) : new Done();
            case Comment.Unset _, Comment.Foreign _, Comment.Newer _ -> {
                if (disk.exported()) throw Ownership.refused(disk);
                yield new Done();
            }
        };
    }

    private static Departure ofRecorded(Disk disk, Comment.Recorded from, Call call, Looks looks) {
        var ledger = from.ledger();
        // Another cluster's node is another holder, whatever its name: the volume is not attached to this one.
        if (!ledger.cluster().equals(call.cluster())) return new Done();
        if (ledger.state() == Ledger.State.LOCKED) return disk.exported() ? new Close(from.text()) : new Done();
        var known =
                call.newestKnown().filter(claim -> claim.seq() > ledger.claim().seq());
        if (known.isPresent()) return new SetBack(from, known.get());
        return switch (ledger.state()) {
            case LOCKED -> throw new IllegalStateException("decided above");
            case FREE, CUT -> {
                if (disk.exported()) yield new Cut(from, Happening.Reason.TORN);
                yield call.wrote() ? new Done() : new Renumber(from);
            }
            case HELD -> ofHeld(disk, from, call, looks);
        };
    }

    /** Whether the record of this cluster is older than the newest claim that it was told of, and not locked for that already. */
    static Optional<Departure> setBack(Comment.Recorded from, String cluster, Optional<Claim> newestKnown) {
        var ledger = from.ledger();
        if (!ledger.cluster().equals(cluster) || ledger.state() == Ledger.State.LOCKED) return Optional.empty();
        return newestKnown.filter(known -> known.seq() > ledger.claim().seq()).map(known -> new SetBack(from, known));
    }

    private static Departure ofHeld(Disk disk, Comment.Recorded from, Call call, Looks looks) {
        var ledger = from.ledger();
        var leavers =
                call.node().map(node -> ledger.holderOn(node).stream().toList()).orElse(ledger.holders());
        if (leavers.isEmpty()) {
            var halfDone = ledger.access().accessClass().shared() && !disk.exported() && disk.fits(ledger);
            return halfDone ? new Finish(from) : new Done();
        }
        if (call.bound().isPresent() && !call.bound().get().equals(ledger.claim())) {
            return new Refuse(new Problem.NewerClaim(
                    disk.volume(), leavers.getFirst().node(), ledger.claim().toString()));
        }
        for (var leaver : leavers) {
            if (looks.wish(leaver) instanceof Wish.Wanted) {
                return new Refuse(new Problem.StillWanted(disk.volume(), leaver.node()));
            }
        }
        var clean = leavers.stream().allMatch(leaver -> hasLeft(disk.volume(), leaver, looks.presence(leaver)));
        if (leavers.size() < ledger.holders().size() && disk.fits(ledger)) {
            return clean && disk.exported()
                    ? new Leave(from, leavers.getFirst())
                    : new PutOut(from, leavers.getFirst());
        }
        return clean ? new Free(from) : new Cut(from, Happening.Reason.UNPUBLISH);
    }

    /** A node that is Ready and no longer lists the volume as in use has flushed and disconnected. */
    private static boolean hasLeft(VolumeId volume, Holder leaver, Presence seen) {
        return seen instanceof Presence.Exists there
                && there.uid().toString().startsWith(leaver.uid8())
                && there.ready()
                && there.inUse().isPresent()
                && !there.inUse().get().contains(volume);
    }
}
