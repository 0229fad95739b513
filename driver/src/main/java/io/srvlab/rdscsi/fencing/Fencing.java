package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Access;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.Appliance.GuardedSet;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Margin;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import io.srvlab.rdscsi.volume.VolumeLocks;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one host in at a time, and shows that the last one is out. Keeps nothing that matters: kill it between any two
 * commands, and the next process reads on from the disk item.
 */
public final class Fencing {
    private static final Logger log = LoggerFactory.getLogger(Fencing.class);
    /** How often one call decides anew: a cut, a drain, a grant and its end are four; others may write in between. */
    private static final int ROUNDS_MAX = 8;

    private final Appliance appliance;
    private final Cluster cluster;
    private final ClusterId clusterId;
    private final VolumeLocks locks;
    private final Drains drains;
    private final int maxVolumesPerNode;

    /**
     * Fencing for one cluster on one appliance.
     *
     * @param maxVolumesPerNode 0 for no limit
     */
    public Fencing(
            Appliance appliance,
            Cluster cluster,
            ClusterId clusterId,
            VolumeLocks locks,
            Drains drains,
            int maxVolumesPerNode) {
        this.appliance = appliance;
        this.cluster = cluster;
        this.clusterId = clusterId;
        this.locks = locks;
        this.drains = drains;
        this.maxVolumesPerNode = maxVolumesPerNode;
    }

    /** Gives {@code node} the volume and returns what was read back; the same again ends in the same attachment. */
    public Attachment publish(VolumeId volume, NodeName node, Access access, Deadline deadline) {
        var host = host(volume, node, deadline);
        try (var _ = locks.hold(volume, deadline)) {
            for (int round = 0; round < ROUNDS_MAX; round++) {
                var look = appliance.look(volume, clusterId, host.holder(), deadline);
                var disk = look.disk().orElseThrow(() -> new Failed(new Problem.NoSuchVolume(volume.slot())));
                switch (Decision.of(
                        disk, clusterId, host, access, holder -> cluster.presence(holder.node(), deadline))) {
                    case Decision.Held(var ledger) -> {
                        return attachment(volume, ledger, host);
                    }
                    case Decision.Refuse(var why) -> throw new Failed(why);
                    case Decision.Drain(var from) -> drains.await(volume, from, deadline);
                    case Decision.Cut(var from, var why) -> {
                        log.warn("volume {}: cutting {} before {} is let in ({})", volume, disk.door(), node, why);
                        cut(disk, from, deadline);
                    }
                    case Decision.Finish(var from) -> {
                        var done = switchedOn(disk, from.ledger(), host, List.of(exportOn(from.text())), deadline);
                        if (done.isPresent()) return done.get();
                    }
                    case Decision.Grant(var from) -> {
                        checkLimit(volume, node, look.heldByAsker());
                        var done = grant(disk, from, host, access, deadline);
                        if (done.isPresent()) return done.get();
                    }
                }
            }
            throw new Failed(new Problem.Busy(volume));
        }
    }

    /** Takes the volume from {@code node}, or from whoever holds it; returns when that was read back. */
    public void unpublish(VolumeId volume, Optional<NodeName> node, Deadline deadline) {
        try (var _ = locks.hold(volume, deadline)) {
            var seen = appliance.disk(volume, deadline);
            for (int round = 0; round < ROUNDS_MAX; round++) {
                if (seen.isEmpty()) return;
                var disk = seen.get();
                switch (disk.comment()) {
                    case Comment.Recorded recorded -> {
                        var again = unpublishRecorded(disk, recorded, node, deadline);
                        if (again.isEmpty()) return;
                        seen = again;
                    }
                    // Whoever is let in by a damaged record, nobody can say; it is closed to all.
                    case Comment.Unreadable(var text, var _) -> {
                        close(disk, text, deadline);
                        return;
                    }
                    case Comment.Unset _, Comment.Foreign _, Comment.Newer _ -> {
                        if (disk.exported()) Ownership.recorded(disk);
                        return;
                    }
                }
            }
            throw new Failed(new Problem.Busy(volume));
        }
    }

    /** Nothing if the volume is shown to be taken from {@code node}; else the item as another wrote it meanwhile: decide anew. */
    private Optional<Disk> unpublishRecorded(
            Disk disk, Comment.Recorded recorded, Optional<NodeName> node, Deadline deadline) {
        var ledger = recorded.ledger();
        // Another cluster's node is another holder, whatever its name: the volume is not attached to this one.
        if (!ledger.cluster().equals(clusterId.mark())) return Optional.empty();
        switch (ledger.state()) {
            case LOCKED -> close(disk, recorded.text(), deadline);
            case HELD -> {
                if (node.isEmpty() || ledger.heldBy(node.get())) cut(disk, recorded, deadline);
            }
            case FREE, CUT -> {
                if (!disk.exported()) return renumber(disk.volume(), recorded, deadline);
                cut(disk, recorded, deadline);
            }
        }
        return Optional.empty();
    }

    /**
     * Ends the attachment that {@code from} records: export off and the ledger "cut" in one set, which leaves list and
     * name alone. Returns when that was read back; the drain goes on behind.
     */
    private void cut(Disk disk, Comment.Recorded from, Deadline deadline) {
        var volume = disk.volume();
        Margin.need(volume, "cutting it", deadline);
        var set = set(
                from.text(),
                "nvme-tcp-export",
                "no",
                "comment",
                from.ledger().cut().format(volume));
        var after = appliance.change(volume, List.of(set), deadline);
        if (after.isEmpty()) return;
        var holders =
                from.ledger().holders().isEmpty() ? "any host" : from.ledger().holderNames();
        // Ours, or another controller's that was faster: what counts is that the attachment is shown to have ended.
        var ended = ended(after.get(), from.ledger())
                .orElseThrow(() -> notTaken(after.get(), from.ledger(), "take it from " + holders));
        if (ended.ledger().state() == Ledger.State.CUT) drains.begin(volume, ended);
    }

    /**
     * Nobody holds the volume: a new number, so that a late grant of a process that died finds nothing to match.
     *
     * @return nothing if that was read back; else the item as another wrote it meanwhile
     */
    private Optional<Disk> renumber(VolumeId volume, Comment.Recorded from, Deadline deadline) {
        Margin.need(volume, "renumbering its record", deadline);
        var next = from.ledger().renumbered(Instant.now());
        var text = next.format(volume);
        var after = appliance.change(volume, List.of(set(from.text(), "comment", text)), deadline);
        if (after.isEmpty()) return after;
        if (isRecorded(after.get(), text)) {
            if (next.state() == Ledger.State.CUT) drains.begin(volume, new Comment.Recorded(text, next));
            return Optional.empty();
        }
        var another =
                ended(after.get(), from.ledger()).filter(now -> !now.text().equals(from.text()));
        if (another.isPresent()) return after;
        throw notTaken(after.get(), from.ledger(), "record a new number");
    }

    /** The record of an item that shows the attachment of {@code read} ended: free or cut, with the export off. */
    private static Optional<Comment.Recorded> ended(Disk after, Ledger read) {
        return after.comment() instanceof Comment.Recorded now
                        && !after.exported()
                        && now.ledger().cluster().equals(read.cluster())
                        && (now.ledger().state() == Ledger.State.CUT
                                || now.ledger().state() == Ledger.State.FREE)
                ? Optional.of(now)
                : Optional.empty();
    }

    /** Switches the export off and touches nothing else. */
    private void close(Disk disk, String comment, Deadline deadline) {
        if (!disk.exported()) return;
        Margin.need(disk.volume(), "closing it", deadline);
        var after = appliance.change(disk.volume(), List.of(set(comment, "nvme-tcp-export", "no")), deadline);
        if (after.isPresent() && after.get().exported()) {
            throw new Failed(new Problem.NotShown(
                    disk.volume(), "switch the export off", after.get().door()));
        }
    }

    private Optional<Attachment> grant(Disk disk, Comment.Recorded from, Host host, Access access, Deadline deadline) {
        var volume = disk.volume();
        var ledger = from.ledger().granted(clusterId, host.holder(), access, Instant.now());
        var text = ledger.format(volume);
        // The list never changes while the export is on, and the set that switches on changes nothing else.
        var prepare = set(
                from.text(),
                "nvme-tcp-export",
                "no",
                "nvme-tcp-server-allow-host-name",
                host.nqn().text(),
                "nvme-tcp-server-nqn",
                ledger.claim().subsystem(volume).text(),
                "comment",
                text);
        return switchedOn(disk, ledger, host, List.of(prepare, exportOn(text)), deadline);
    }

    /** The attachment, if the read-back shows all of it; nothing if somebody else wrote meanwhile: read and decide anew. */
    private Optional<Attachment> switchedOn(
            Disk disk, Ledger ledger, Host host, List<GuardedSet> steps, Deadline deadline) {
        var volume = disk.volume();
        Margin.need(volume, "attaching it", deadline);
        var after = appliance
                .change(volume, steps, deadline)
                .orElseThrow(() -> new Failed(new Problem.NoSuchVolume(volume.slot())));
        var asked = steps.getFirst().expectedComment();
        if (!isRecorded(after, ledger.format(volume))) {
            if (!isRecorded(after, asked)) return Optional.empty();
            throw new Failed(new Problem.NotShown(volume, "record " + ledger.format(volume), "still " + asked));
        }
        var whole = after.exported()
                && after.allowed().equals(host.nqn().text())
                && after.subsystem().equals(ledger.claim().subsystem(volume).text());
        if (whole) return Optional.of(attachment(volume, ledger, host));
        // The answer may have been lost between the two sets: the next look finds the grant unfinished.
        if (!after.exported() && steps.size() > 1) return Optional.empty();
        throw new Failed(new Problem.NotShown(
                volume,
                "export it to " + host.holder().node() + " as " + ledger.claim().subsystem(volume),
                after.door()));
    }

    /** The target node, asked live. */
    private Host host(VolumeId volume, NodeName node, Deadline deadline) {
        return switch (cluster.presence(node, deadline)) {
            case Presence.Exists there
            when there.deleting() ->
                throw new Failed(new Problem.NodeLeaving(volume, node, "its Node object is being deleted"));
            case Presence.Exists there -> Host.of(clusterId, node, there.uid());
            case Presence.OutOfService _ ->
                throw new Failed(
                        new Problem.NodeLeaving(volume, node, "it is tainted node.kubernetes.io/out-of-service"));
            case Presence.Absent _ -> throw new Failed(new Problem.NoSuchNode(volume, node.text()));
            case Presence.Unanswered(var why) ->
                throw new Failed(new Problem.ClusterSilent(volume, "whether node " + node + " exists", why));
        };
    }

    private void checkLimit(VolumeId volume, NodeName node, long held) {
        if (maxVolumesPerNode > 0 && held >= maxVolumesPerNode) {
            throw new Failed(new Problem.TooManyVolumes(volume, node, held, maxVolumesPerNode));
        }
    }

    /** Why a read-back does not show what was written: a newer attachment, which stays, or a write that did not take. */
    private static Failed notTaken(Disk after, Ledger read, String wanted) {
        if (after.comment() instanceof Comment.Recorded(var _, var now)
                && now.state() == Ledger.State.HELD
                && now.claim().seq() > read.claim().seq()) {
            return new Failed(new Problem.NewerClaim(
                    after.volume(), now.holders().getFirst().node(), now.claim().toString()));
        }
        return new Failed(new Problem.NotShown(after.volume(), wanted, after.door() + ", " + after.comment()));
    }

    private static boolean isRecorded(Disk disk, String comment) {
        return disk.comment() instanceof Comment.Recorded(var text, var _) && text.equals(comment);
    }

    private static Attachment attachment(VolumeId volume, Ledger ledger, Host host) {
        return new Attachment(ledger.claim(), ledger.claim().subsystem(volume), host.nqn(), host.id());
    }

    private static GuardedSet exportOn(String expectedComment) {
        return set(expectedComment, "nvme-tcp-export", "yes");
    }

    private static GuardedSet set(String expectedComment, String... propertiesAndValues) {
        var properties = new LinkedHashMap<String, String>();
        for (int i = 0; i < propertiesAndValues.length; i += 2) {
            properties.put(propertiesAndValues[i], propertiesAndValues[i + 1]);
        }
        return new GuardedSet(expectedComment, properties);
    }
}
