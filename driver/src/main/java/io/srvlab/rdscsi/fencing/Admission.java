package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Host;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publish: decide on what the item shows, do that, decide on what it shows then, until it shows that the asker holds it.
 * The first decision may rest on how the item was last seen, since every change is guarded; an answer never does.
 */
record Admission(
        Fencing.Config config, Doors doors, Drains drains, Migrations migrations, Consumer<Happening> listener) {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    /** A cut, a drain, a grant and its end are four; others may write in between. */
    private static final int ROUNDS_MAX = 10;

    Attachment admit(Fencing.Wanted wanted, LiveLooks looks, Optional<Claim> newestKnown, Deadline deadline) {
        var volume = wanted.volume();
        looks.beginPresence(wanted.node());
        var remembered = doors.lastSeen(volume);
        remembered.ifPresent(disk -> beginPresences(disk, looks));
        var live = remembered.isEmpty();
        var seen = remembered.or(() -> doors.look(volume, deadline));
        var holder = holder(volume, wanted.node(), looks);
        var asker = new Decision.Asker(config.clusterId().mark(), holder, wanted.access(), newestKnown);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            var disk = seen.orElseThrow(() -> new Failed(new Problem.NoSuchVolume(volume.slot())));
            var decision = Decision.of(disk, asker, each -> presence(each.node(), looks));
            if (decision.answers() && !live) {
                live = true;
                seen = doors.look(volume, deadline);
                continue;
            }
            live = true;
            switch (decision) {
                case Decision.Held(var ledger) -> {
                    return attachment(volume, ledger, holder);
                }
                case Decision.Refuse(var why) -> throw refused(volume, why);
                case Decision.Drain(var from) -> {
                    drains.await(volume, from, deadline);
                    seen = doors.look(volume, deadline);
                }
                case Decision.Cut(var from, var why) -> seen = cut(disk, from, why, wanted, deadline);
                case Decision.SetBack(var from, var known) -> seen = lock(disk, from, known, deadline);
                case Decision.PutOut(var from, var gone) -> seen = putOut(disk, from, gone, wanted, deadline);
                case Decision.Finish(var from) ->
                    seen = doors.finish(disk, from, deadline).item();
                case Decision.Join(var from) -> seen = join(disk, from, holder, wanted, deadline);
                case Decision.Grant(var from) -> seen = grant(disk, from, holder, wanted, deadline);
            }
        }
        throw new Failed(new Problem.Busy(volume));
    }

    /** Where the books alone count, a holder that the cluster no longer wants there is gone: nobody may have recorded it. */
    private Presence presence(NodeName node, LiveLooks looks) {
        var unwanted = config.enforcement() == Enforcement.ADVISORY && looks.wish(node) instanceof Wish.NotWanted;
        return unwanted ? new Presence.Absent() : looks.presence(node);
    }

    private static void beginPresences(Disk remembered, LiveLooks looks) {
        if (remembered.comment() instanceof Comment.Recorded(var _, var ledger)) {
            ledger.holders().forEach(each -> looks.beginPresence(each.node()));
        }
    }

    /** The target node, asked live. */
    private static Holder holder(VolumeId volume, NodeName node, LiveLooks looks) {
        return switch (looks.presence(node)) {
            case Presence.Exists there
            when there.deleting() ->
                throw new Failed(new Problem.NodeLeaving(volume, node, "its Node object is being deleted"));
            case Presence.Exists there ->
                new Holder(node, there.uid().toString().substring(0, 8));
            case Presence.OutOfService _ ->
                throw new Failed(
                        new Problem.NodeLeaving(volume, node, "it is tainted node.kubernetes.io/out-of-service"));
            case Presence.Absent _ -> throw new Failed(new Problem.NoSuchNode(volume, node.text()));
            case Presence.Unanswered(var why) ->
                throw new Failed(new Problem.ClusterSilent(volume, "whether node " + node + " exists", why));
        };
    }

    private Failed refused(VolumeId volume, Problem why) {
        if (why instanceof Problem.HeldElsewhere(var _, var holders, var asking)) {
            listener.accept(new Happening.Conflict(volume, holders, asking));
        }
        return new Failed(why);
    }

    private Optional<Disk> cut(
            Disk disk, Comment.Recorded from, Happening.Reason why, Fencing.Wanted wanted, Deadline deadline) {
        log.warn("volume {}: cutting {} before {} is let in ({})", disk.volume(), disk.door(), wanted.node(), why);
        var outcome = doors.cut(disk, from, deadline);
        if (outcome.taken()) {
            listener.accept(new Happening.Cut(disk.volume(), why));
            if (why == Happening.Reason.HOLDER_GONE)
                takenOver(from.ledger().holders().getFirst(), wanted);
        }
        return outcome.item();
    }

    private Optional<Disk> putOut(
            Disk disk, Comment.Recorded from, Holder gone, Fencing.Wanted wanted, Deadline deadline) {
        log.warn("volume {}: putting out {}, which is gone, before {} joins", disk.volume(), gone, wanted.node());
        var outcome = doors.putOut(disk, from, gone, deadline);
        if (outcome.taken()) {
            listener.accept(new Happening.Cut(disk.volume(), Happening.Reason.HOLDER_GONE));
            takenOver(gone, wanted);
        }
        return outcome.item();
    }

    private void takenOver(Holder gone, Fencing.Wanted wanted) {
        listener.accept(new Happening.TakenOver(wanted.volume(), gone.node(), wanted.node()));
    }

    private Optional<Disk> lock(Disk disk, Comment.Recorded from, Claim known, Deadline deadline) {
        var found = from.ledger().claim();
        var outcome = doors.lock(disk, from, deadline);
        if (!outcome.taken()) return outcome.item();
        listener.accept(new Happening.Cut(disk.volume(), Happening.Reason.OLD_RECORD));
        listener.accept(new Happening.OldRecord(disk.volume(), found, known));
        throw new Failed(new Problem.OldRecord(disk.volume(), found.toString(), known.toString()));
    }

    private Optional<Disk> join(
            Disk disk, Comment.Recorded from, Holder holder, Fencing.Wanted wanted, Deadline deadline) {
        var first = from.ledger().holders().getFirst().node();
        var outcome = doors.join(disk, from, holder, deadline);
        if (outcome.taken()) {
            listener.accept(new Happening.MigrationStarted(disk.volume(), first, holder.node()));
            migrations.watch(disk.volume(), from.ledger().claim(), wanted.migrationLimit());
        }
        return outcome.item();
    }

    private Optional<Disk> grant(
            Disk disk, Comment.Recorded from, Holder holder, Fencing.Wanted wanted, Deadline deadline) {
        var outcome = doors.grant(disk, from, holder, wanted.access(), deadline);
        outcome.item().filter(_ -> outcome.taken()).ifPresent(after -> {
            if (after.comment() instanceof Comment.Recorded(var _, var ledger)) {
                listener.accept(new Happening.Attached(disk.volume(), holder.node(), ledger.claim()));
            }
        });
        return outcome.item();
    }

    private static Attachment attachment(VolumeId volume, Ledger ledger, Holder holder) {
        var host = Host.of(ledger.cluster(), holder);
        return new Attachment(ledger.claim(), ledger.claim().subsystem(volume), host.nqn(), host.id());
    }
}
