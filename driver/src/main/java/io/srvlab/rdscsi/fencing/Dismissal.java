package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One unpublish: decide on what the item shows, do that, decide on what it shows then, until it shows that no door is open
 * to the node. The first decision may rest on how the item was last seen, since every change is guarded; an answer never
 * does.
 */
record Dismissal(Fencing.Config config, Doors doors, ShutDoor shutDoor, Drains drains, Consumer<Happening> listener) {
    private static final int ROUNDS_MAX = 8;

    void dismiss(
            VolumeId volume, Optional<NodeName> node, LiveLooks looks, Optional<Claim> newestKnown, Deadline deadline) {
        node.ifPresent(name -> {
            looks.beginPresence(name);
            looks.beginWish(name);
        });
        var remembered = doors.lastSeen(volume);
        var live = remembered.isEmpty();
        var seen = remembered.or(() -> doors.lookToCut(volume, deadline));
        var bound = Optional.<Claim>empty();
        var wrote = false;
        for (int round = 0; round < ROUNDS_MAX && seen.isPresent(); round++) {
            var disk = seen.get();
            if (live && bound.isEmpty()) bound = claim(disk);
            var call = new Departure.Call(config.clusterId().mark(), node, newestKnown, bound, wrote);
            var departure = Departure.of(disk, call, looksAt(looks));
            if (departure.answers()) {
                if (live) {
                    answer(disk, departure, deadline);
                    return;
                }
                seen = doors.lookToCut(volume, deadline);
            } else {
                var outcome = act(disk, departure, node, deadline);
                wrote |= outcome.taken();
                seen = outcome.item();
            }
            live = true;
        }
        if (seen.isPresent()) throw new Failed(new Problem.Busy(volume));
    }

    /** Cuts and locks the volume if its record is older than the newest claim that the cluster was told of. */
    void lockIfOld(VolumeId volume, Optional<Claim> newestKnown, Deadline deadline) {
        var disk = doors.lookToCut(volume, deadline);
        if (disk.isPresent() && disk.get().comment() instanceof Comment.Recorded from) {
            Departure.setBack(from, config.clusterId().mark(), newestKnown)
                    .ifPresent(setBack -> act(disk.get(), setBack, Optional.empty(), deadline));
        }
    }

    /** OK, or why not. */
    private void answer(Disk disk, Departure departure, Deadline deadline) {
        if (departure instanceof Departure.Refuse(var why)) throw new Failed(why);
        if (disk.comment() instanceof Comment.Recorded cut && cut.ledger().state() == Ledger.State.CUT) {
            shutDoor.need(disk, deadline);
            drains.begin(disk.volume(), cut);
        }
    }

    private Doors.Outcome act(Disk disk, Departure departure, Optional<NodeName> node, Deadline deadline) {
        return switch (departure) {
            case Departure.Done _, Departure.Refuse _ -> throw new IllegalArgumentException("an answer: " + departure);
            case Departure.Renumber(var from) -> doors.renumber(disk, from, deadline);
            case Departure.Close(var comment) ->
                told(doors.close(disk, comment, deadline), new Happening.Cut(disk.volume(), Happening.Reason.TORN));
            case Departure.Finish(var from) -> doors.finish(disk, from, deadline);
            case Departure.Free(var from) -> told(doors.free(disk, from, deadline), detached(disk, from, node, true));
            case Departure.Cut(var from, var why) ->
                told(
                        told(doors.cut(disk, from, deadline), detached(disk, from, node, false)),
                        new Happening.Cut(disk.volume(), why));
            case Departure.Leave(var from, var leaver) ->
                told(doors.leave(disk, from, leaver, deadline), shared(disk, from, leaver, true));
            case Departure.PutOut(var from, var leaver) ->
                told(
                        told(doors.putOut(disk, from, leaver, deadline), shared(disk, from, leaver, false)),
                        new Happening.Cut(disk.volume(), Happening.Reason.UNPUBLISH));
            case Departure.SetBack(var from, var known) ->
                told(
                        told(
                                doors.lock(disk, from, deadline),
                                new Happening.Cut(disk.volume(), Happening.Reason.OLD_RECORD)),
                        new Happening.OldRecord(disk.volume(), from.ledger().claim(), known));
        };
    }

    /** Says what happened, if it did. */
    private Doors.Outcome told(Doors.Outcome outcome, Happening... happenings) {
        if (outcome.taken()) List.of(happenings).forEach(listener);
        return outcome;
    }

    private static Happening[] detached(Disk disk, Comment.Recorded from, Optional<NodeName> node, boolean clean) {
        return from.ledger().holders().stream()
                .filter(holder -> node.isEmpty() || node.get().equals(holder.node()))
                .map(holder -> new Happening.Detached(disk.volume(), holder.node(), clean))
                .toArray(Happening[]::new);
    }

    /** One of two has left: the first holder at the end of a migration, the second if it came to nothing. */
    private static Happening[] shared(Disk disk, Comment.Recorded from, Holder leaver, boolean clean) {
        var first = from.ledger().holders().getFirst().node();
        var second = from.ledger().holders().getLast().node();
        var end = leaver.node().equals(first)
                ? new Happening.MigrationCompleted(disk.volume(), first, second)
                : new Happening.MigrationFailed(
                        disk.volume(), first, second, second + " has let go of the volume again.");
        return new Happening[] {new Happening.Detached(disk.volume(), leaver.node(), clean), end};
    }

    private static Optional<Claim> claim(Disk disk) {
        return disk.comment() instanceof Comment.Recorded(var _, var ledger)
                ? Optional.of(ledger.claim())
                : Optional.empty();
    }

    private static Departure.Looks looksAt(LiveLooks looks) {
        return new Departure.Looks() {
            @Override
            public Presence presence(Holder holder) {
                return looks.presence(holder.node());
            }

            @Override
            public Wish wish(Holder holder) {
                return looks.wish(holder.node());
            }
        };
    }
}
