package io.srvlab.rdscsi.probe;

import static io.srvlab.rdscsi.probe.Weight.LIMIT;
import static io.srvlab.rdscsi.probe.Weight.NEEDED;
import static io.srvlab.rdscsi.probe.Weight.NOTE;

import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import java.util.List;
import java.util.function.BiPredicate;

/** Disk items and their files: what fits into them, and what becomes of them. */
final class DiskQuestions {
    /** The longest record that the driver writes. */
    private static final int LEDGER_MAX = 230;
    /** The longest name that the driver gives: of a slot of 40 characters and a claim of 20. */
    private static final int NQN_NEEDED = 87;

    private static final int NQN_MAX = 223;
    private static final int SLOT_OURS = 32;
    private static final int SLOT_GO_DRIVER = 40;

    private DiskQuestions() {}

    static List<Question> all() {
        return List.of(
                new Question(
                        "comment-kept",
                        NEEDED,
                        "A comment of " + LEDGER_MAX
                                + " characters, the driver's longest record, is kept to the letter.",
                        "write one of the ledger's characters on a scratch disk, read it back",
                        "the ledger is in the comment",
                        "records come back shortened, are unreadable, and nothing is attached",
                        scratch -> kept(scratch, LEDGER_MAX)),
                new Question(
                        "comment-longest",
                        NOTE,
                        "A comment of 4096 characters is kept.",
                        "255, 512, 1024, 2048 and 4096 characters, until one is not kept",
                        "the driver writes " + LEDGER_MAX + " at most",
                        "the driver writes " + LEDGER_MAX + " at most",
                        DiskQuestions::commentLongest),
                new Question(
                        "slot-32",
                        NEEDED,
                        "A slot of " + SLOT_OURS + " characters is kept.",
                        "make a scratch disk with one, find it by its file",
                        "volume ids are slots",
                        "volumes cannot be made",
                        scratch -> slot(scratch, SLOT_OURS)),
                new Question(
                        "slot-40",
                        LIMIT,
                        "A slot of " + SLOT_GO_DRIVER + " characters is kept.",
                        "make a scratch disk with one, find it by its file",
                        "pvc-<uuid> can be a slot, as with the older Go driver",
                        "longer names become a slot of " + SLOT_OURS + " characters, as for all new volumes",
                        scratch -> slot(scratch, SLOT_GO_DRIVER)),
                new Question(
                        "nqn-length",
                        NEEDED,
                        "A subsystem name of " + NQN_NEEDED + " characters, the driver's longest, is kept.",
                        "set one on a scratch disk, read it back",
                        "each attachment's name holds slot and claim",
                        "publishing fails: the name read back is not the one set",
                        scratch -> nqn(scratch, NQN_NEEDED)),
                new Question(
                        "nqn-longest",
                        NOTE,
                        "A subsystem name of " + NQN_MAX + " characters, the longest there can be, is kept.",
                        "set one on a scratch disk, read it back",
                        "the driver's have " + NQN_NEEDED + " at most",
                        "the driver's have " + NQN_NEEDED + " at most",
                        scratch -> nqn(scratch, NQN_MAX)),
                new Question(
                        "size-exact",
                        LIMIT,
                        "A disk is never smaller than what was asked for.",
                        "scratch disks of 1 MiB, of 4096 bytes more, of 10 000 000 bytes; read size=",
                        "a volume has at least the size that its claim asks for",
                        "creation fails where the disk is too small, naming both sizes: ask for multiples that the"
                                + " appliance makes exactly",
                        scratch -> sizes(scratch, (asked, made) -> made >= asked)),
                new Question(
                        "size-to-the-byte",
                        NOTE,
                        "A disk is as large as was asked for, to the byte.",
                        "the same disks",
                        "what was made is what is reported, exact or not",
                        "what was made is what is reported, exact or not",
                        scratch -> sizes(scratch, (asked, made) -> made.longValue() == asked)),
                new Question(
                        "grow-exact",
                        LIMIT,
                        "A disk can be grown, to at least what was asked for.",
                        "grow a scratch disk of 1 MiB to 3 MiB and 4096 bytes; read size=",
                        "volumes can be grown",
                        "growing fails, naming both sizes",
                        DiskQuestions::growExact),
                new Question(
                        "pool-told",
                        LIMIT,
                        "The pool's size and free space are told by the disk item mounted at the base path's first level.",
                        "read the disk item by its mount-point",
                        "capacity is reported, and a volume that does not fit is refused beforehand",
                        "capacity is not reported; the appliance refuses what does not fit",
                        DiskQuestions::poolTold),
                new Question(
                        "file-outlives",
                        NOTE,
                        "A disk's file is still there after the disk item was removed, and can then be removed by its name.",
                        "remove a scratch disk's item, count its file, remove that, count again",
                        "deleting removes item and file, and looks at both",
                        "deleting removes item and file, and looks at both",
                        DiskQuestions::fileOutlives),
                new Question(
                        "mount-off",
                        LIMIT,
                        "mount-filesystem=no is kept.",
                        "make a scratch disk with it, read it back",
                        "RouterOS leaves alone what a pod formats",
                        "RouterOS may mount a pod's filesystem beside the pod: look at /disk for mount points",
                        DiskQuestions::mountOff));
    }

    private static Answer kept(Scratch scratch, int length) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var comment = comment(length);
        var reply = scratch.reply(disk.set("comment", comment));
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done)) throw new Unanswered("could not ask: " + reply);
        var read = disk.row().text("comment").orElse("");
        return Answer.of(read.equals(comment), "wrote %d characters, read %d".formatted(length, read.length()));
    }

    private static Answer commentLongest(Scratch scratch) throws Unanswered {
        for (int length : new int[] {255, 512, 1024, 2048, 4096}) {
            var answer = kept(scratch, length);
            if (!(answer instanceof Answer.Shown)) return answer;
        }
        return new Answer.Shown("4096 characters were kept; longer ones were not tried");
    }

    /** Characters as the ledger has them, none like its neighbour. */
    private static String comment(int length) {
        var alphabet = "rc1:abcdefghijklmnopqrstuvwxyz.,@+_-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        return alphabet.repeat(1 + length / alphabet.length()).substring(4, length + 4);
    }

    private static Answer slot(Scratch scratch, int length) throws Unanswered {
        var plain = scratch.nextSlot("-");
        var slot = plain + "x".repeat(length - plain.length());
        var disk = scratch.named(slot);
        var reply = scratch.reply(scratch.add(disk, Scratch.MIB));
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done)) throw new Unanswered("could not ask: " + reply);
        var found = scratch.one(scratch.run(Command.printJson(Scratch.DISK, Filter.is("file-path", disk.filePath())))
                .getLast());
        var read = found.text("slot").orElse("");
        return Answer.of(read.equals(slot), "wrote %d characters, read %d".formatted(length, read.length()));
    }

    private static Answer nqn(Scratch scratch, int length) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var name = disk.subsystem() + "-" + "x".repeat(length - disk.subsystem().length() - 1);
        var reply = scratch.reply(disk.set("nvme-tcp-server-nqn", name));
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done)) throw new Unanswered("could not ask: " + reply);
        var read = disk.row().text("nvme-tcp-server-nqn").orElse("");
        return Answer.of(read.equals(name), "wrote %d characters, read %d".formatted(length, read.length()));
    }

    private static Answer sizes(Scratch scratch, BiPredicate<Long, Long> fits) throws Unanswered {
        var seen = new StringBuilder();
        boolean asBelieved = true;
        for (long asked : new long[] {Scratch.MIB, Scratch.MIB + 4096, 10_000_000}) {
            long made = scratch.disk(asked).size();
            asBelieved &= fits.test(asked, made);
            seen.append(seen.isEmpty() ? "" : "; ").append("asked %d, made %d".formatted(asked, made));
        }
        return Answer.of(asBelieved, seen.toString());
    }

    private static Answer growExact(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        long asked = 3 * Scratch.MIB + 4096;
        scratch.run(disk.set("file-size", Long.toString(asked)));
        long made = disk.size();
        return Answer.of(made >= asked, "asked %d, made %d".formatted(asked, made));
    }

    private static Answer poolTold(Scratch scratch) throws Unanswered {
        var mounted = Filter.is("mount-point", scratch.base().mountPoint());
        var rows = scratch.rows(
                scratch.run(Command.printJson(Scratch.DISK, mounted)).getLast());
        if (rows.size() != 1) return new Answer.Refuted(rows.size() + " disk items are mounted there");
        var pool = rows.getFirst();
        boolean told = pool.number("size").isPresent() && pool.number("free").isPresent();
        return Answer.of(
                told,
                "size %s, free %s, %s"
                        .formatted(
                                pool.text("size").orElse("?"),
                                pool.text("free").orElse("?"),
                                pool.text("fs").orElse("?")));
    }

    private static Answer fileOutlives(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var file = Filter.is("name", disk.filePath().substring(1));
        var count = Command.count(Scratch.FILE, file);
        var before =
                scratch.run(Command.remove(Scratch.DISK, disk.item()), count).getLast();
        var after = scratch.run(Command.remove(Scratch.FILE, file), count).getLast();
        return Answer.of(
                before.equals("1") && after.equals("0"),
                "files of that name after the item's removal: %s, after the file's: %s".formatted(before, after));
    }

    private static Answer mountOff(Scratch scratch) throws Unanswered {
        var read = scratch.disk(Scratch.MIB).row().flag("mount-filesystem");
        return Answer.of(
                !read.orElse(true),
                "read back: " + read.map(on -> on ? "yes" : "no").orElse("nothing"));
    }
}
