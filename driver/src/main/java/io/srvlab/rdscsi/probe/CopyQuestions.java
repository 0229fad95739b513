package io.srvlab.rdscsi.probe;

import static io.srvlab.rdscsi.probe.Weight.NOTE;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What the appliance can copy by itself. This version makes no snapshots and no clones: all of it is for the record. */
final class CopyQuestions {
    private static final String SO = "this version makes no snapshots and no clones; a later one would";
    private static final Duration COPIED = Duration.ofSeconds(1);

    private CopyQuestions() {}

    static List<Question> all() {
        return List.of(
                new Question(
                        "copy",
                        NOTE,
                        "/disk/copy copies a disk's data to another one, 1 MiB within " + COPIED.toSeconds() + " s.",
                        "write a block to a scratch disk of 1 MiB, copy it to another, read it there",
                        SO,
                        SO,
                        CopyQuestions::copy),
                new Question(
                        "copy-from",
                        NOTE,
                        "copy-from= copies an item's properties, and not its data.",
                        "write a block to a scratch disk of 1 MiB, add another with copy-from=, read it there",
                        "nothing is built on it",
                        "nothing is built on it",
                        CopyQuestions::copyFrom),
                new Question(
                        "subvolume",
                        NOTE,
                        "On btrfs, a snapshot of the subvolume of a disk that is in use holds what was written before it, and"
                                + " nothing later.",
                        "a scratch subvolume with a disk in it, exported; write, flush, snapshot, write; read the snapshot's",
                        SO,
                        SO,
                        CopyQuestions::subvolume));
    }

    private static Answer copy(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var source = written(scratch, host);
        var target = scratch.disk(Scratch.MIB);
        scratch.run(source.close());
        long began = System.nanoTime();
        var reply = scratch.reply(Command.copy(source.slot(), target.slot()));
        long millis = (System.nanoTime() - began) / 1_000_000;
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done)) throw new Unanswered("could not ask: " + reply);
        boolean same = holds(scratch, target, host, 1);
        return Answer.of(
                same && millis <= COPIED.toMillis(),
                "%s, in %d ms".formatted(same ? "the block is there" : "the block is not there", millis));
    }

    private static Answer copyFrom(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var source = written(scratch, host);
        var target = scratch.named(scratch.nextSlot(""));
        var reply = scratch.reply(Command.add(
                Scratch.DISK,
                ScratchDisk.properties(
                        "copy-from", source.slot(),
                        "type", "file",
                        "slot", target.slot(),
                        "file-path", target.filePath(),
                        "file-size", Long.toString(Scratch.MIB),
                        "mount-filesystem", "no",
                        "nvme-tcp-export", "no",
                        "nvme-tcp-server-nqn", target.subsystem())));
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done)) throw new Unanswered("could not ask: " + reply);
        boolean same = holds(scratch, target, host, 1);
        return Answer.of(!same, same ? "the data was copied too" : "the data was not copied");
    }

    private static Answer subvolume(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var label = scratch.btrfsLabel();
        if (label.isEmpty()) return new Answer.NotAsked("the pool is no btrfs");
        var host = Portal.stranger();
        var original = scratch.subvolume(label.get());
        var disk = scratch.diskIn(original, true);
        scratch.run(disk.allow(host), disk.export());
        var snapshot = original + "-snapshot";
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            DoorQuestions.write(session, 1);
            session.flush(session.namespace(1, Portal.PATIENCE), Portal.PATIENCE);
            scratch.run(Command.add(
                    Scratch.SUBVOLUME,
                    ScratchDisk.properties("fs", label.get(), "name", snapshot, "parent", original)));
            DoorQuestions.write(session, 2);
        }
        boolean before = holds(scratch, scratch.diskIn(snapshot, false), host, 1);
        return Answer.of(
                before, before ? "it holds what was written before" : "it does not hold what was written before");
    }

    private static ScratchDisk written(Scratch scratch, Host host)
            throws Unanswered, IOException, InterruptedException {
        var disk = scratch.disk(Scratch.MIB);
        scratch.run(disk.allow(host), disk.export());
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            DoorQuestions.write(session, 1);
            session.flush(session.namespace(1, Portal.PATIENCE), Portal.PATIENCE);
        }
        return disk;
    }

    private static boolean holds(Scratch scratch, ScratchDisk disk, Host host, int stamp)
            throws Unanswered, IOException, InterruptedException {
        scratch.run(disk.allow(host), disk.export());
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            var expected = DoorQuestions.block(stamp);
            var read = session.read(session.namespace(1, Portal.PATIENCE), 0, expected.remaining(), Portal.PATIENCE);
            return read.equals(expected);
        }
    }
}
