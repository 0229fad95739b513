package io.srvlab.rdscsi.probe;

import static io.srvlab.rdscsi.probe.Weight.LIMIT;
import static io.srvlab.rdscsi.probe.Weight.NEEDED;
import static io.srvlab.rdscsi.probe.Weight.NOTE;

import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The way in: versions, errors, filters, and what happens when several come at once. */
final class ConsoleQuestions {
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})[.]([0-9]{1,4}).*");
    private static final int ROUNDS = 20;
    private static final int TRIES = 10;
    /** How long each of several command lines at once lasts, so that they do overlap. */
    private static final Duration OVERLAP = Duration.ofMillis(500);

    private ConsoleQuestions() {}

    static List<Question> all() {
        return List.of(
                new Question(
                        "version",
                        NEEDED,
                        "The appliance runs RouterOS 7.21 or later.",
                        "read /system/resource version",
                        "nvme-tcp-server-nqn is there",
                        "nothing is changed on it but that volumes are taken from nodes",
                        ConsoleQuestions::version),
                new Question(
                        "rose-storage",
                        NEEDED,
                        "The package rose-storage is there and enabled.",
                        "read /system/package",
                        "file disks and exports are there",
                        "no volume can be made: /system/package/update/check-for-updates, /system/package/enable"
                                + " rose-storage, /system/package/apply-changes",
                        ConsoleQuestions::roseStorage),
                new Question(
                        "policies",
                        NEEDED,
                        "Each user of this way in may read, write and test.",
                        "read a scratch disk, read the version, set the scratch disk's comment; over REST as each of the users",
                        "every lane can do all that is to be done, a cut first of all",
                        "what the user of a lane may not do fails whenever that lane takes it: run the lines above",
                        ConsoleQuestions::policies),
                new Question(
                        "error-told",
                        NEEDED,
                        "A command that fails is told from one that succeeds.",
                        "ask for a property that does not exist; the mark at the end of the line must not come",
                        "every line ends with a mark of its own",
                        "a failed change could be taken for a done one: do not use this version",
                        ConsoleQuestions::errorTold),
                new Question(
                        "exit-status",
                        NOTE,
                        "A command line that fails has an exit status other than 0.",
                        "the same over SSH, " + TRIES + " times; read the exit status of each",
                        "the driver never believes an exit status",
                        "the driver never believes an exit status",
                        ConsoleQuestions::exitStatus),
                new Question(
                        "digits-kept",
                        NEEDED,
                        "Text of digits is read back as it was written.",
                        "a comment of 16 digits on a scratch disk, read as JSON",
                        "sizes and names are read as they are",
                        "names and sizes are read wrongly: do not use this version",
                        ConsoleQuestions::digitsKept),
                new Question(
                        "named-properties",
                        NOTE,
                        "A read that names properties gives these as a whole read does, and no others.",
                        "read a scratch disk with proplist= and without",
                        "disk items are read by name: half the bytes, and no secrets",
                        "disk items are read whole",
                        ConsoleQuestions::namedProperties),
                new Question(
                        "filter-none",
                        NEEDED,
                        "A change of items of which there is none is no error and changes nothing.",
                        "set on a slot that nobody has, beside a scratch disk, which is read back",
                        "a guarded change that comes late does nothing",
                        "guards do not guard: do not use this version",
                        ConsoleQuestions::filterNone),
                new Question(
                        "guard",
                        NEEDED,
                        "A change guarded by the comment takes effect with the right comment and with no other.",
                        "set guarded by a wrong comment, then by the right one; read back after each",
                        "what comes late finds another comment and changes nothing",
                        "a late command of a dead process takes effect: do not use this version",
                        ConsoleQuestions::guard),
                new Question(
                        "unset-comment",
                        LIMIT,
                        "An item without a comment is found by !comment.",
                        "a scratch disk without a comment; count !comment, and comment=\"\" beside it",
                        "an item of somebody else's is told from one of ours",
                        "volumes of the older Go driver are not found",
                        ConsoleQuestions::unsetComment),
                new Question(
                        "set-whole",
                        NEEDED,
                        "A change of several properties ends with all of them changed.",
                        "set comment, list and NQN of a scratch disk in one set; read back",
                        "a grant is one line",
                        "grants end torn, are seen to be and are cut: nothing can be attached",
                        ConsoleQuestions::setWhole),
                new Question(
                        "latency",
                        NOTE,
                        "A command line is answered within 150 ms.",
                        TRIES + " reads of the version, one after another",
                        "deadlines are made for it",
                        "calls take longer; their deadlines have room for seconds",
                        ConsoleQuestions::latency));
    }

    /** What uses several sessions, could hang an appliance, and is put last. */
    static List<Question> ofSeveralSessions() {
        return List.of(
                new Question(
                        "sessions",
                        LIMIT,
                        "As many sessions at once as the driver uses are all answered.",
                        "as many command lines at once, no more: each waits " + OVERLAP.toMillis() + " ms",
                        "the driver uses no more than that",
                        "the appliance hangs when the driver is busy, and cuts are late: ask its vendor, or use REST",
                        ConsoleQuestions::sessions),
                new Question(
                        "race",
                        LIMIT,
                        "Of several guarded changes at once exactly one takes effect.",
                        ROUNDS
                                + " rounds: as many sessions as the driver uses set the comment of one scratch disk, each"
                                + " if it still is what it was, and read it back in the same line",
                        "of two controllers at once one learns at once that it came second",
                        "of two controllers at once one may undo the other's attachment; no two hosts are let in, since"
                                + " each checks what it read back and each has a name of its own",
                        ConsoleQuestions::race));
    }

    private static Answer version(Scratch scratch) throws Unanswered {
        var text = scratch.run(Command.get("/system/resource", "version")).getLast();
        var shape = VERSION.matcher(text);
        if (!shape.matches()) throw new Unanswered("the version cannot be read: " + text);
        int major = Integer.parseInt(shape.group(1));
        return Answer.of(major > 7 || (major == 7 && Integer.parseInt(shape.group(2)) >= 21), "RouterOS " + text);
    }

    private static Answer roseStorage(Scratch scratch) throws Unanswered {
        var rows = scratch.rows(scratch.run(Command.printJson("/system/package", Filter.is("name", "rose-storage")))
                .getLast());
        if (rows.isEmpty()) return new Answer.Refuted("there is no such package");
        // One that could be installed shows as available.
        boolean off = rows.getFirst().flag("disabled").orElse(false)
                || rows.getFirst().flag("available").orElse(false);
        return Answer.of(!off, off ? "there, and not enabled" : "enabled");
    }

    /** What takes this policy, and nothing but {@code read} beside it. */
    private record Deed(String policy, Command command) {}

    private static Answer policies(Scratch scratch) throws Unanswered, InterruptedException {
        var disk = scratch.disk(Scratch.MIB);
        var refused = new TreeSet<String>();
        for (var deed : List.of(
                new Deed("read", disk.print()),
                new Deed("test", Command.get("/system/resource", "version")),
                new Deed("write", disk.set("comment", "may be set")))) {
            for (var reply : asEachUser(scratch, deed.command())) {
                switch (reply) {
                    case Reply.Done _ -> {}
                    case Reply.NotAllowed(var text, var _, var grant) ->
                        refused.add("%s is refused (%s): %s".formatted(deed.policy(), text, grant));
                    case Reply other -> throw new Unanswered("could not ask for " + deed.policy() + ": " + other);
                }
            }
        }
        int users = scratch.crowd().users();
        return Answer.of(
                refused.isEmpty(),
                refused.isEmpty()
                        ? users + (users == 1 ? " user" : " users") + ", all three"
                        : String.join("; ", refused));
    }

    /** Each lane is a user's where there are several; the pause comes first, so that no lane is free before all have begun. */
    private static List<Reply> asEachUser(Scratch scratch, Command deed) throws InterruptedException {
        return scratch.crowd().users() == 1
                ? List.of(scratch.reply(deed))
                : scratch.atOnce(_ -> List.of(Command.pause(OVERLAP), deed));
    }

    private static Answer namedProperties(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var whole = disk.row();
        var reply = scratch.reply(Command.printJson(Scratch.DISK, disk.item(), Disk.PROPERTIES));
        return switch (reply) {
            case Reply.Done(var lines) -> {
                var named = scratch.one(lines.getLast());
                var other = Disk.PROPERTIES.stream()
                        .filter(name -> !named.text(name).equals(whole.text(name)))
                        .toList();
                boolean smaller = named.names().size() < whole.names().size();
                yield Answer.of(
                        other.isEmpty() && smaller,
                        "%d properties of %d; otherwise than in the whole read: %s"
                                .formatted(
                                        named.names().size(), whole.names().size(), other.isEmpty() ? "none" : other));
            }
            case Reply.Refused(var text) -> new Answer.Refuted(text);
            case Reply other -> throw new Unanswered("could not ask: " + other);
        };
    }

    /** A line that can only fail, and harms nothing. */
    private static final Command FAILS = Command.get("/system/resource", "no-such-property");

    private static Answer errorTold(Scratch scratch) throws Unanswered {
        return switch (scratch.reply(FAILS)) {
            case Reply.Done(var lines) -> new Answer.Refuted("it is said to have succeeded: " + lines);
            case Reply.Refused(var text) -> new Answer.Shown(text);
            case Reply.NotThere(var text) -> new Answer.Shown(text);
            case Reply other -> throw new Unanswered("could not ask: " + other);
        };
    }

    private static Answer exitStatus(Scratch scratch) throws Unanswered, InterruptedException {
        var statuses = scratch.crowd().exitStatuses(FAILS, TRIES);
        if (statuses.isEmpty()) return new Answer.NotAsked("REST has no exit status");
        var counted = new TreeMap<Integer, Integer>();
        statuses.forEach(status -> counted.merge(status, 1, Integer::sum));
        return Answer.of(!counted.containsKey(0), "exit status and how often: " + counted);
    }

    private static Answer digitsKept(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var digits = "0123456789012345";
        scratch.run(disk.set("comment", digits));
        var read = disk.row().text("comment").orElse("");
        return Answer.of(read.equals(digits), "wrote %s, read %s".formatted(digits, read));
    }

    private static Answer filterNone(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var nobody = scratch.named(scratch.nextSlot(""));
        var before = disk.row();
        return switch (scratch.reply(nobody.set("comment", "nobody"), disk.print())) {
            case Reply.Done(var lines) ->
                Answer.of(
                        scratch.one(lines.getLast()).equals(before),
                        "no error; the scratch disk beside it is the same");
            case Reply.Refused(var text) -> new Answer.Refuted("an error: " + text);
            case Reply.NotThere(var text) -> new Answer.Refuted("an error: " + text);
            case Reply other -> throw new Unanswered("could not ask: " + other);
        };
    }

    private static Answer guard(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        scratch.run(disk.set("comment", "right"));
        scratch.run(disk.setIf("wrong", "comment", "by the wrong one"));
        var afterWrong = disk.row().text("comment").orElse("");
        scratch.run(disk.setIf("right", "comment", "by the right one"));
        var afterRight = disk.row().text("comment").orElse("");
        return Answer.of(
                afterWrong.equals("right") && afterRight.equals("by the right one"),
                "after the wrong one: '%s'; after the right one: '%s'".formatted(afterWrong, afterRight));
    }

    private static Answer unsetComment(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        scratch.run(disk.set("comment", ""));
        var counts = scratch.run(
                Command.count(Scratch.DISK, disk.item().and(Filter.unset("comment"))),
                Command.count(Scratch.DISK, disk.item().and(Filter.is("comment", ""))));
        return Answer.of(
                counts.getFirst().equals("1"),
                "!comment finds %s, comment=\"\" finds %s".formatted(counts.getFirst(), counts.getLast()));
    }

    private static Answer race(Scratch scratch) throws Unanswered, InterruptedException {
        if (scratch.crowd().sessions() < 2) return new Answer.NotAsked("it takes two sessions, over REST two users");
        var disk = scratch.disk(Scratch.MIB);
        for (int round = 1; round <= ROUNDS; round++) {
            scratch.run(disk.set("comment", "free"));
            var winners = new HashSet<String>();
            for (var reply :
                    scratch.atOnce(lane -> List.of(disk.setIf("free", "comment", "won by " + lane), disk.print()))) {
                if (!(reply instanceof Reply.Done(var lines)))
                    throw new Unanswered("a lane was not answered: " + reply);
                winners.add(scratch.one(lines.getLast()).text("comment").orElse(""));
            }
            if (winners.size() > 1) return new Answer.Refuted("in round " + round + " several won: " + winners);
        }
        return new Answer.Shown("one won in each of %d rounds of %d sessions"
                .formatted(ROUNDS, scratch.crowd().sessions()));
    }

    private static Answer setWhole(Scratch scratch) throws Unanswered {
        var disk = scratch.disk(Scratch.MIB);
        var name = disk.subsystem() + "-again";
        var host = Portal.stranger().nqn();
        scratch.run(disk.set(
                "nvme-tcp-export",
                "no",
                "nvme-tcp-server-allow-host-name",
                host,
                "nvme-tcp-server-nqn",
                name,
                "comment",
                "all at once"));
        var row = disk.row();
        boolean whole = row.text("nvme-tcp-server-allow-host-name").orElse("").equals(host)
                && row.text("nvme-tcp-server-nqn").orElse("").equals(name)
                && row.text("comment").orElse("").equals("all at once");
        return Answer.of(whole, whole ? "all read back" : "read back: " + row);
    }

    private static Answer sessions(Scratch scratch) throws InterruptedException {
        long began = System.nanoTime();
        var replies = scratch.atOnce(_ -> List.of(Command.pause(OVERLAP)));
        long answered = replies.stream().filter(Reply.Done.class::isInstance).count();
        var seen = "%d of %d answered within %d ms"
                .formatted(answered, replies.size(), (System.nanoTime() - began) / 1_000_000);
        return Answer.of(answered == replies.size(), seen);
    }

    private static Answer latency(Scratch scratch) throws Unanswered {
        var millis = new long[TRIES];
        for (int i = 0; i < TRIES; i++) {
            long began = System.nanoTime();
            scratch.run(Command.get("/system/resource", "version"));
            millis[i] = (System.nanoTime() - began) / 1_000_000;
        }
        Arrays.sort(millis);
        return Answer.of(
                millis[TRIES / 2] <= 150,
                "%d ms in the middle, %d to %d".formatted(millis[TRIES / 2], millis[0], millis[TRIES - 1]));
    }
}
