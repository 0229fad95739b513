package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Access;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.Appliance.GuardedSet;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Margin;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What fencing does to a disk item: each change is one command line whose sets name the comment that they expect, and reads
 * the item back. The list never changes while the export is on, but for a join and a
 * leave in good order; a set that switches on changes nothing else.
 */
final class Doors {
    private static final Logger log = LoggerFactory.getLogger(Doors.class);
    private static final String EXPORT = "nvme-tcp-export";
    private static final String LIST = "nvme-tcp-server-allow-host-name";
    private static final String NQN = "nvme-tcp-server-nqn";
    private static final String COMMENT = "comment";

    /**
     * What became of a change.
     *
     * @param item as it reads afterwards, whoever wrote it; nothing if it is gone
     * @param taken whether that is what this change wrote; if not, somebody else wrote first: decide anew
     */
    record Outcome(Optional<Disk> item, boolean taken) {}

    private final Appliance appliance;
    private final Enforcement enforcement;
    private final int maxVolumesPerNode;
    private final Consumer<Happening> listener;
    private final LastSeen lastSeen = new LastSeen();

    /**
     * The doors of one appliance.
     *
     * @param maxVolumesPerNode 0 for no limit
     * @param listener hears of a cut that nobody asked for: of a stray door
     */
    Doors(Appliance appliance, Enforcement enforcement, int maxVolumesPerNode, Consumer<Happening> listener) {
        this.appliance = appliance;
        this.enforcement = enforcement;
        this.maxVolumesPerNode = maxVolumesPerNode;
        this.listener = listener;
    }

    /** The item as it is. */
    Optional<Disk> look(VolumeId volume, Deadline deadline) {
        return seen(volume, appliance.disk(volume, deadline));
    }

    /** The item as it is, asked before everything that waits for the appliance: somebody is to be cut. */
    Optional<Disk> lookToCut(VolumeId volume, Deadline deadline) {
        return seen(volume, appliance.diskToCut(volume, deadline));
    }

    /** Remembers how somebody else saw an item. */
    void saw(Disk disk) {
        lastSeen.offer(disk);
    }

    /** The item as it was when this process last saw it: good for a first try, never for an answer. */
    Optional<Disk> lastSeen(VolumeId volume) {
        return lastSeen.of(volume);
    }

    /** A new claim for {@code holder}: everything with the export off, then the export on. */
    Outcome grant(Disk disk, Comment.Recorded from, Holder holder, Access access, Deadline deadline) {
        var volume = disk.volume();
        var ledger = from.ledger().granted(holder, access, Instant.now());
        var text = ledger.format(volume);
        var prepare = set(
                from.text(),
                EXPORT,
                "no",
                LIST,
                ledger.admitted(),
                NQN,
                ledger.claim().subsystem(volume).text(),
                COMMENT,
                text);
        var outcome = limited(disk, holder, List.of(prepare, exportOn(text)), ledger, deadline);
        outcome.item().filter(after -> outcome.taken() && !after.fits(ledger)).ifPresent(after -> {
            throw notShown(
                    after,
                    "admit " + holder.node() + " alone, under " + ledger.claim().subsystem(volume));
        });
        return outcome;
    }

    /** Switches on what {@code from} records, and touches nothing else. */
    Outcome finish(Disk disk, Comment.Recorded from, Deadline deadline) {
        return change(disk, "switch the export on", List.of(exportOn(from.text())), from.text(), deadline);
    }

    /** Lets {@code holder} in beside those who share the volume. */
    Outcome join(Disk disk, Comment.Recorded from, Holder holder, Deadline deadline) {
        var ledger = from.ledger().joined(holder);
        var text = ledger.format(disk.volume());
        var step = set(from.text(), LIST, ledger.admitted(), COMMENT, text);
        return limited(disk, holder, List.of(step), ledger, deadline);
    }

    /** Takes one who has left in good order off the list; the other notices nothing. */
    Outcome leave(Disk disk, Comment.Recorded from, Holder leaver, Deadline deadline) {
        var ledger = from.ledger().left(leaver);
        var text = ledger.format(disk.volume());
        var step = set(from.text(), LIST, ledger.admitted(), COMMENT, text);
        return change(disk, "take " + leaver.node() + " off the list", List.of(step), text, deadline);
    }

    /**
     * Puts one of two out while it may still use the volume: off, and on again for the other in the same command line, since
     * a survivor that finds the door closed for longer than its reconnect delay may drop its device for good.
     */
    Outcome putOut(Disk disk, Comment.Recorded from, Holder leaver, Deadline deadline) {
        var ledger = from.ledger().bounced(leaver);
        var text = ledger.format(disk.volume());
        var off = set(from.text(), EXPORT, "no", LIST, ledger.admitted(), COMMENT, text);
        return cut(disk, "put " + leaver.node() + " out", List.of(off, exportOn(text)), text, deadline);
    }

    /** Ends the attachment: export off and "cut" in one set, which leaves list and name alone. */
    Outcome cut(Disk disk, Comment.Recorded from, Deadline deadline) {
        return ended(disk, from, from.ledger().cut(), "take it from " + whom(from.ledger()), deadline);
    }

    /** Ends the attachment of a node that has left in good order. */
    Outcome free(Disk disk, Comment.Recorded from, Deadline deadline) {
        return ended(disk, from, from.ledger().freed(), "take it from " + whom(from.ledger()), deadline);
    }

    /** Ends the attachment, and keeps everybody out until the operator unlocks the volume. */
    Outcome lock(Disk disk, Comment.Recorded from, Deadline deadline) {
        return ended(disk, from, from.ledger().locked(), "lock it", deadline);
    }

    /** Lets a locked volume be granted again. */
    Outcome unlock(Disk disk, Comment.Recorded from, Deadline deadline) {
        return ended(disk, from, from.ledger().unlocked(Instant.now()), "unlock it", deadline);
    }

    /** Switches the export off and touches nothing else. */
    Outcome close(Disk disk, String comment, Deadline deadline) {
        return cut(disk, "switch the export off", List.of(set(comment, EXPORT, "no")), comment, deadline);
    }

    /** A readable record in place of a damaged one; whoever was let in by that is out. */
    Outcome repair(Disk disk, String damaged, Ledger to, Deadline deadline) {
        var text = to.format(disk.volume());
        var step = set(damaged, EXPORT, "no", COMMENT, text);
        return cut(disk, "write a new record", List.of(step), text, deadline);
    }

    /** Only a new number. */
    Outcome renumber(Disk disk, Comment.Recorded from, Deadline deadline) {
        var text = from.ledger().renumbered(Instant.now()).format(disk.volume());
        return change(disk, "record a new number", List.of(set(from.text(), COMMENT, text)), text, deadline);
    }

    /** What {@code cut} records is drained. A record that has changed meanwhile stays as it is. */
    void recordDrained(VolumeId volume, Comment.Recorded cut, Deadline deadline) {
        var step = set(cut.text(), COMMENT, cut.ledger().freed().format(volume));
        var _ = seen(volume, appliance.change(volume, List.of(step), deadline).after());
    }

    private Outcome ended(Disk disk, Comment.Recorded from, Ledger to, String what, Deadline deadline) {
        var text = to.format(disk.volume());
        return cut(disk, what, List.of(set(from.text(), EXPORT, "no", COMMENT, text)), text, deadline);
    }

    private Outcome limited(Disk disk, Holder holder, List<GuardedSet> steps, Ledger to, Deadline deadline) {
        var volume = disk.volume();
        Margin.need(volume, "attaching it", deadline);
        var limit = new Appliance.Limit(to.cluster(), holder, maxVolumesPerNode);
        var change = maxVolumesPerNode == 0
                ? appliance.change(volume, steps, deadline)
                : appliance.changeWithin(limit, volume, steps, deadline);
        if (maxVolumesPerNode > 0 && change.after().map(Disk::comment).equals(Optional.of(disk.comment()))) {
            checkLimit(volume, limit, deadline);
        }
        return outcome(disk, "attach it to " + holder.node(), change, to.format(volume), deadline);
    }

    /** Whether the limit is why nothing was changed. */
    private void checkLimit(VolumeId volume, Appliance.Limit limit, Deadline deadline) {
        var held = appliance.heldBy(limit.holder(), limit.clusterMark(), deadline);
        if (held >= limit.most()) {
            throw new Failed(new Problem.TooManyVolumes(volume, limit.holder().node(), held, limit.most()));
        }
    }

    private Outcome change(Disk disk, String what, List<GuardedSet> steps, String text, Deadline deadline) {
        Margin.need(disk.volume(), "the command to " + what, deadline);
        return outcome(disk, what, appliance.change(disk.volume(), steps, deadline), text, deadline);
    }

    private Outcome cut(Disk disk, String what, List<GuardedSet> steps, String text, Deadline deadline) {
        Margin.need(disk.volume(), "the command to " + what, deadline);
        return outcome(disk, what, appliance.cut(disk.volume(), steps, deadline), text);
    }

    /**
     * The comment that a change expects says nothing of the door. Where somebody has opened that by hand, the change went
     * past hosts that nobody has cut and drained: so it is cut at once, and decided anew.
     */
    private Outcome outcome(Disk before, String what, Appliance.Change change, String text, Deadline deadline) {
        var outcome = outcome(before, what, change.after(), text);
        var stray = change.before().filter(Disk::strayDoor);
        if (enforcement == Enforcement.ADVISORY || !outcome.taken() || stray.isEmpty()) return outcome;
        log.warn(
                "volume {}: cutting it, since the command to {} met a door that no record gives: {}",
                before.volume(),
                what,
                stray.get().door());
        var after = outcome.item().orElseThrow();
        var cut = cut(after, Ownership.recorded(after), deadline);
        if (cut.taken()) listener.accept(new Happening.Cut(before.volume(), Happening.Reason.TORN));
        return new Outcome(cut.item(), false);
    }

    /** A change after which the item reads as before was not made; one after which it reads otherwise is to be decided on. */
    private Outcome outcome(Disk before, String what, Optional<Disk> read, String text) {
        var after = seen(before.volume(), read);
        if (after.equals(Optional.of(before))) throw notShown(before, what);
        return new Outcome(after, after.filter(item -> isRecorded(item, text)).isPresent());
    }

    /** Keeps what was read; where the books alone count, what they say of the door is taken for what it is. */
    private Optional<Disk> seen(VolumeId volume, Optional<Disk> read) {
        return lastSeen.keep(volume, enforcement == Enforcement.ADVISORY ? read.map(Disk::asRecorded) : read);
    }

    private static Failed notShown(Disk seen, String what) {
        return new Failed(new Problem.NotShown(seen.volume(), what, seen.door() + ", " + seen.comment()));
    }

    private static String whom(Ledger ledger) {
        return ledger.holders().isEmpty() ? "any host" : ledger.holderNames();
    }

    private static boolean isRecorded(Disk disk, String comment) {
        return switch (disk.comment()) {
            case Comment.Recorded(var text, var _) -> text.equals(comment);
            case Comment.Unreadable(var text, var _) -> text.equals(comment);
            case Comment.Unset _, Comment.Foreign _, Comment.Newer _ -> false;
        };
    }

    private static GuardedSet exportOn(String expectedComment) {
        return set(expectedComment, EXPORT, "yes");
    }

    private static GuardedSet set(String expectedComment, String... propertiesAndValues) {
        var properties = new LinkedHashMap<String, String>();
        for (int i = 0; i < propertiesAndValues.length; i += 2) {
            properties.put(propertiesAndValues[i], propertiesAndValues[i + 1]);
        }
        return new GuardedSet(expectedComment, properties);
    }
}
