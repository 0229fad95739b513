package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.Access;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.util.function.Function;

/** What one read of a disk item, and one look at its holder, allow for a publish. Writes nothing. */
sealed interface Decision {
    /** Nobody holds it and all is drained: grant. */
    record Grant(Comment.Recorded from) implements Decision {}

    /** The asker holds it, as asked: answer. */
    record Held(Ledger ledger) implements Decision {}

    /** The asker's own grant stopped before the export was on: switch it on. */
    record Finish(Comment.Recorded from) implements Decision {}

    /** Comment, list, NQN and export do not fit together, or the holder is gone: cut before anything else. */
    record Cut(Comment.Recorded from, Reason why) implements Decision {}

    /** Cut, and perhaps not drained: wait. */
    record Drain(Comment.Recorded from) implements Decision {}

    /** No grant, whatever is done. */
    record Refuse(Problem why) implements Decision {}

    /** Why a cut comes before a grant. */
    enum Reason {
        TORN,
        HOLDER_GONE
    }

    /**
     * Decides for {@code host} asking for {@code disk} with {@code access}.
     *
     * @param presence the live look at the present holder; asked only if the answer matters
     */
    static Decision of(Disk disk, ClusterId cluster, Host host, Access access, Function<Holder, Presence> presence) {
        Comment.Recorded from;
        try {
            from = Ownership.recorded(disk);
        } catch (Failed notOurs) {
            return new Refuse(notOurs.problem());
        }
        var ledger = from.ledger();
        // Also a volume that nobody holds: whose it is decides who may delete it and who may take it over.
        if (!ledger.cluster().equals(cluster.mark())) {
            return new Refuse(new Problem.OtherCluster(disk.volume(), ledger.holderNames()));
        }
        return switch (ledger.state()) {
            case LOCKED -> new Refuse(new Problem.Locked(disk.volume()));
            case FREE -> disk.exported() ? new Cut(from, Reason.TORN) : new Grant(from);
            case CUT -> disk.exported() ? new Cut(from, Reason.TORN) : new Drain(from);
            case HELD -> ofHeld(disk, from, host, access, presence);
        };
    }

    private static Decision ofHeld(
            Disk disk, Comment.Recorded from, Host host, Access access, Function<Holder, Presence> presence) {
        var ledger = from.ledger();
        var holder = ledger.holders().getFirst();
        if (!holder.equals(host.holder())) return ofAnothers(disk, from, host, holder, presence.apply(holder));
        if (!ledger.access().equals(access)) {
            return new Refuse(new Problem.HeldOtherwise(
                    disk.volume(), holder.node(), ledger.access().toString(), access.toString()));
        }
        var whole = disk.allowed().equals(host.nqn().text())
                && disk.subsystem()
                        .equals(ledger.claim().subsystem(disk.volume()).text());
        if (!whole) return new Cut(from, Reason.TORN);
        return disk.exported() ? new Held(ledger) : new Finish(from);
    }

    private static Decision ofAnothers(Disk disk, Comment.Recorded from, Host host, Holder holder, Presence seen) {
        return switch (seen) {
            case Presence.Absent _, Presence.OutOfService _ -> new Cut(from, Reason.HOLDER_GONE);
            // The same name with another UID is another machine: the one that held the volume is gone.
            case Presence.Exists(var uid, var _, var _, var _)
            when !uid.toString().startsWith(holder.uid8()) -> new Cut(from, Reason.HOLDER_GONE);
            case Presence.Exists _ ->
                new Refuse(new Problem.HeldElsewhere(
                        disk.volume(), holder.node().text(), host.holder().node()));
            case Presence.Unanswered(var why) ->
                new Refuse(new Problem.ClusterSilent(
                        disk.volume(), "whether node " + holder.node() + ", which holds it, still exists", why));
        };
    }
}
