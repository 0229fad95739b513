package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.Access;
import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.util.Optional;
import java.util.function.Function;

/** What one read of a disk item, and the live looks that matter, allow for a publish. Writes nothing. */
sealed interface Decision {
    /** Nobody holds it and all is drained: grant. */
    record Grant(Comment.Recorded from) implements Decision {}

    /** The asker holds it, as asked: answer. */
    record Held(Ledger ledger) implements Decision {}

    /** A grant that stopped before the export was on: switch it on. */
    record Finish(Comment.Recorded from) implements Decision {}

    /** Shared, and all who hold it are in good order: let the asker in beside them. */
    record Join(Comment.Recorded from) implements Decision {}

    /** Shared, and one holder is gone while another stays: put that one out. */
    record PutOut(Comment.Recorded from, Holder gone) implements Decision {}

    /** Comment, list, NQN and export do not fit together, or the holder is gone: cut before anything else. */
    record Cut(Comment.Recorded from, Happening.Reason why) implements Decision {}

    /** Cut, and perhaps not drained: wait. */
    record Drain(Comment.Recorded from) implements Decision {}

    /** The record is older than an attachment that the cluster knows of: cut and lock. */
    record SetBack(Comment.Recorded from, Claim known) implements Decision {}

    /** No grant, whatever is done. */
    record Refuse(Problem why) implements Decision {}

    /** Whether this ends the call or makes it wait, and so has to rest on a live read. */
    default boolean answers() {
        return this instanceof Held || this instanceof Refuse || this instanceof Drain;
    }

    /**
     * Who asks, for what.
     *
     * @param cluster {@link io.srvlab.rdscsi.appliance.ClusterId#mark} of the asking cluster
     * @param newestKnown the newest claim of this volume that the cluster knew of before the item was read
     */
    record Asker(String cluster, Holder holder, Access access, Optional<Claim> newestKnown) {}

    /**
     * Decides for {@code asker} and {@code disk}.
     *
     * @param presence the live look at a present holder; asked only if the answer matters
     */
    static Decision of(Disk disk, Asker asker, Function<Holder, Presence> presence) {
        Comment.Recorded from;
        try {
            from = Ownership.recorded(disk, asker.cluster());
        } catch (Failed notOurs) {
            return new Refuse(notOurs.problem());
        }
        var ledger = from.ledger();
        if (ledger.state() == Ledger.State.LOCKED) return new Refuse(new Problem.Locked(disk.volume()));
        var known =
                asker.newestKnown().filter(claim -> claim.seq() > ledger.claim().seq());
        if (known.isPresent()) return new SetBack(from, known.get());
        return switch (ledger.state()) {
            case LOCKED -> throw new IllegalStateException("decided above");
            case FREE -> disk.exported() ? new Cut(from, Happening.Reason.TORN) : new Grant(from);
            case CUT -> disk.exported() ? new Cut(from, Happening.Reason.TORN) : new Drain(from);
            case HELD -> {
                var another = ledger.holders().stream()
                        .filter(holder -> !holder.equals(asker.holder()))
                        .toList();
                yield another.size() == ledger.holders().size()
                        ? ofOthers(disk, from, asker, presence)
                        : ofOwn(disk, from, asker);
            }
        };
    }

    /** The asker is among the holders. */
    private static Decision ofOwn(Disk disk, Comment.Recorded from, Asker asker) {
        var ledger = from.ledger();
        if (!ledger.access().equals(asker.access())) {
            return new Refuse(new Problem.HeldOtherwise(
                    disk.volume(),
                    asker.holder().node(),
                    ledger.access().toString(),
                    asker.access().toString()));
        }
        if (!disk.fits(ledger)) return new Cut(from, Happening.Reason.TORN);
        return disk.exported() ? new Held(ledger) : new Finish(from);
    }

    /** Others hold it, and not the asker. */
    private static Decision ofOthers(
            Disk disk, Comment.Recorded from, Asker asker, Function<Holder, Presence> presence) {
        var ledger = from.ledger();
        if (ledger.barred().contains(asker.holder().uid8())) {
            return new Refuse(new Problem.Barred(disk.volume(), asker.holder().node(), ledger.holderNames()));
        }
        for (var holder : ledger.holders()) {
            switch (standing(holder, presence.apply(holder))) {
                case Standing.Gone _ -> {
                    return ledger.holders().size() == 1
                            ? new Cut(from, Happening.Reason.HOLDER_GONE)
                            : new PutOut(from, holder);
                }
                case Standing.Unknown(var why) -> {
                    return new Refuse(new Problem.ClusterSilent(
                            disk.volume(), "whether node " + holder.node() + ", which holds it, still exists", why));
                }
                case Standing.There(var ready)
                when shares(ledger, asker) && !ready -> {
                    return new Refuse(new Problem.SharerNotReady(
                            disk.volume(), holder.node(), asker.holder().node()));
                }
                case Standing.There _ -> {}
            }
        }
        if (!shares(ledger, asker)) {
            return new Refuse(new Problem.HeldElsewhere(
                    disk.volume(), ledger.holderNames(), asker.holder().node()));
        }
        if (!disk.fits(ledger)) return new Cut(from, Happening.Reason.TORN);
        if (!disk.exported()) return new Finish(from);
        return new Join(from);
    }

    /** Whether the asker may hold it beside those who do. */
    private static boolean shares(Ledger ledger, Asker asker) {
        return ledger.access().accessClass().shared()
                && ledger.access().equals(asker.access())
                && ledger.holders().size() < Ledger.HOLDERS_MAX;
    }

    /** What a live look says of one holder. */
    sealed interface Standing {
        record There(boolean ready) implements Standing {}

        record Gone() implements Standing {}

        record Unknown(String why) implements Standing {}
    }

    /** Gone is a holder whose Node is not there, or is another machine by the same name, or is declared out of service. */
    static Standing standing(Holder holder, Presence seen) {
        return switch (seen) {
            case Presence.Absent _, Presence.OutOfService _ -> new Standing.Gone();
            case Presence.Exists there when !there.uid().toString().startsWith(holder.uid8()) -> new Standing.Gone();
            case Presence.Exists there -> new Standing.There(there.ready());
            case Presence.Unanswered(var why) -> new Standing.Unknown(why);
        };
    }
}
