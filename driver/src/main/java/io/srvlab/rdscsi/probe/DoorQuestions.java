package io.srvlab.rdscsi.probe;

import static io.srvlab.rdscsi.probe.Weight.LIMIT;
import static io.srvlab.rdscsi.probe.Weight.NEEDED;
import static io.srvlab.rdscsi.probe.Weight.NOTE;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.routeros.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who gets in, and who is put out: asked of the data path. A refusal counts only beside an admission, since where nobody
 * gets in at all everything looks refused.
 */
final class DoorQuestions {
    /** How long a cut may take to be felt, and how long a session that should outlive something is watched. */
    private static final Duration FELT = Duration.ofSeconds(5);

    private static final Duration WATCHED = Duration.ofSeconds(2);
    private static final int BLOCK = 4096;

    private DoorQuestions() {}

    static List<Question> all() {
        return List.of(
                new Question(
                        "door-opens",
                        NEEDED,
                        "A disk that is exported lets the host on its list in, to read and write.",
                        "export a scratch disk to one made-up host; connect as that host, write a block, read it",
                        "volumes are attached this way",
                        "nothing can be attached",
                        DoorQuestions::opens),
                new Question(
                        "door-shut",
                        NEEDED,
                        "A disk that is not exported lets nobody in, while the port serves others.",
                        "two scratch disks, one exported; knock at both, each as the host on its list",
                        "a volume that is not published is not on the network",
                        "a volume is on the network though nobody has it: do not use this version",
                        DoorQuestions::shut),
                new Question(
                        "stranger-refused",
                        NEEDED,
                        "A host that is not on the list is refused, also one whose name is nearly the same.",
                        "export a scratch disk to one host; connect as another, as its name cut short by a character, and"
                                + " in capitals",
                        "the list is counted on: for shared volumes, and against mistakes",
                        "the list keeps nobody out: whoever knows a volume's name gets in, a host put out of a shared"
                                + " volume comes back; use no shared volumes, keep the storage network apart",
                        DoorQuestions::strangerRefused),
                new Question(
                        "two-names",
                        LIMIT,
                        "A list may hold two names, and both get in.",
                        "export a scratch disk to two hosts, comma between; connect as each, and as a third",
                        "a volume may be shared by two nodes (live migration, readers)",
                        "a second node cannot join: live migration and shared volumes fail, with the appliance's answer",
                        DoorQuestions::twoNames),
                new Question(
                        "cut-felt",
                        NEEDED,
                        "Switching the export off ends open sessions within " + FELT.toSeconds() + " s.",
                        "open a session, write; export off; the session must end, and a write must fail",
                        "a cut is one set, export off",
                        "a node that lost its volume writes on: fencing cannot be enforced; --fencing=advisory says so",
                        DoorQuestions::cutFelt),
                new Question(
                        "cut-stays",
                        NEEDED,
                        "After that, the host on the list is refused a new session.",
                        "export on, admitted; export off; knock again, while another disk keeps the port open",
                        "verify-fence knocks at the old name after each cut",
                        "a node that was cut comes back: fencing cannot be enforced; --fencing=advisory says so",
                        DoorQuestions::cutStays),
                new Question(
                        "name-settable",
                        NEEDED,
                        "A disk's name on the network (NQN) can be changed while its export is off.",
                        "set another NQN on a scratch disk, read it back, export it, connect by the new name",
                        "each attachment has a name of its own",
                        "publishing fails: the name read back is not the one set",
                        DoorQuestions::nameSettable),
                new Question(
                        "old-name-gone",
                        NEEDED,
                        "After such a change the old name leads nowhere.",
                        "change the NQN of a scratch disk between two exports; knock by the old name as the host on the"
                                + " list",
                        "what is left of an earlier attachment finds no door to come back to",
                        "a node that was cut comes back by the old name with what it had queued: fencing cannot be"
                                + " enforced",
                        DoorQuestions::oldNameGone),
                new Question(
                        "join-quiet",
                        LIMIT,
                        "A name added to the list while the export is on lets the second host in and leaves the first's"
                                + " session alone.",
                        "a session of one host; add a second to the list; connect as it; the first must still write",
                        "a second node joins a shared volume without a pause for the first",
                        "the first node's session breaks, or the second is not let in, when a node joins: live migration"
                                + " fails",
                        DoorQuestions::joinQuiet),
                new Question(
                        "removed-refused",
                        LIMIT,
                        "A name taken from the list while the export is on is refused a new session.",
                        "a list of two; take one away; connect as it",
                        "a node that has left a shared volume cleanly is kept out by the list",
                        "a node that has left a shared volume could come back: use no shared volumes",
                        DoorQuestions::removedRefused),
                new Question(
                        "list-cuts-nobody",
                        NOTE,
                        "Taking a name from the list does not end that host's session.",
                        "a session of one host; take its name from the list; watch the session for "
                                + WATCHED.toSeconds() + " s",
                        "nothing rests on it: a cut is always export off",
                        "nothing rests on it: a cut is always export off",
                        DoorQuestions::listCutsNobody),
                new Question(
                        "empty-list-any",
                        NOTE,
                        "An empty list lets any host in.",
                        "export a scratch disk with an empty list; connect as a stranger",
                        "the driver never exports with an empty list",
                        "the driver never exports with an empty list",
                        DoorQuestions::emptyListAny),
                new Question(
                        "refusal-final",
                        LIMIT,
                        "Who is refused is told not to try again.",
                        "read the do-not-retry bit of the refusals to a stranger and by an unknown name",
                        "Linux drops a controller that was cut, soon after",
                        "Linux tries on until ctrl_loss_tmo; unmounting on a node that was cut takes as long",
                        DoorQuestions::refusalFinal));
    }

    private static Answer opens(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            write(session, 1);
            var read = session.read(session.namespace(1, Portal.PATIENCE), 0, BLOCK, Portal.PATIENCE);
            return Answer.of(read.equals(block(1)), "connected, wrote 4096 bytes and read them back");
        }
    }

    private static Answer shut(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var open = scratch.openDisk(host);
        var shut = scratch.disk(16 * Scratch.MIB);
        scratch.run(shut.allow(host));
        scratch.portal().needAdmitted(open.subsystem(), host);
        return refused(scratch, shut.subsystem(), Map.of("the host on its list", host));
    }

    private static Answer strangerRefused(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        scratch.portal().needAdmitted(disk.subsystem(), host);
        var wrong = new LinkedHashMap<String, Host>();
        wrong.put("another host", Portal.stranger());
        wrong.put(
                "its name cut short",
                new Host(host.nqn().substring(0, host.nqn().length() - 1), host.id()));
        var capitals = host.nqn().substring(0, 37) + host.nqn().substring(37).toUpperCase(Locale.ROOT);
        if (!capitals.equals(host.nqn())) wrong.put("its name in capitals", new Host(capitals, host.id()));
        return refused(scratch, disk.subsystem(), wrong);
    }

    private static Answer twoNames(Scratch scratch) throws Unanswered, InterruptedException {
        var first = Portal.stranger();
        var second = Portal.stranger();
        var disk = scratch.disk(16 * Scratch.MIB);
        var reply = scratch.reply(disk.allow(first, second), disk.export());
        if (reply instanceof Reply.Refused(var text)) {
            return new Answer.Refuted("the appliance refuses a list of two: " + text);
        }
        boolean firstIn = admittedSoon(scratch, disk, first);
        boolean secondIn = admittedSoon(scratch, disk, second);
        boolean thirdIn = scratch.portal().admits(disk.subsystem(), Portal.stranger());
        var seen = "first %s, second %s, a third %s".formatted(in(firstIn), in(secondIn), in(thirdIn));
        return Answer.of(firstIn && secondIn, seen);
    }

    private static Answer cutFelt(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            write(session, 1);
            long began = System.nanoTime();
            scratch.run(disk.close());
            var ended = session.awaitEnd(FELT);
            long millis = (System.nanoTime() - began) / 1_000_000;
            if (ended != null) return new Answer.Shown("the session ended within %d ms: %s".formatted(millis, ended));
            return new Answer.Refuted("the session was still open %d ms after export off, and a write %s"
                    .formatted(millis, stillWrites(session) ? "succeeded" : "failed"));
        }
    }

    private static Answer cutStays(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var other = scratch.openDisk(host);
        var disk = scratch.openDisk(host);
        scratch.portal().needAdmitted(disk.subsystem(), host);
        scratch.run(disk.close());
        scratch.portal().needAdmitted(other.subsystem(), host);
        return refused(scratch, disk.subsystem(), Map.of("the host on the list", host));
    }

    private static Answer nameSettable(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.disk(16 * Scratch.MIB);
        var name = disk.subsystem() + "-again";
        var reply = scratch.reply(disk.set("nvme-tcp-server-nqn", name), disk.allow(host), disk.export());
        if (reply instanceof Reply.Refused(var text)) {
            return new Answer.Refuted("the appliance refuses it: " + text);
        }
        var shown = disk.row().text("nvme-tcp-server-nqn").orElse("");
        if (!shown.equals(name)) return new Answer.Refuted("it reads " + shown + " after " + name + " was set");
        boolean leadsIn = admittedSoon(scratch, name, host);
        return Answer.of(leadsIn, "read back; who knocks by it is " + in(leadsIn));
    }

    private static Answer oldNameGone(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        scratch.portal().needAdmitted(disk.subsystem(), host);
        var name = disk.subsystem() + "-again";
        scratch.run(disk.close(), disk.set("nvme-tcp-server-nqn", name), disk.export());
        if (!admittedSoon(scratch, name, host)) {
            boolean old = scratch.portal().admits(disk.subsystem(), host);
            return Answer.of(false, "the new name does not lead in, the old one " + (old ? "does" : "does not either"));
        }
        return refused(scratch, disk.subsystem(), Map.of("the host on the list, by the old name", host));
    }

    private static Answer joinQuiet(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var first = Portal.stranger();
        var second = Portal.stranger();
        var disk = scratch.openDisk(first);
        try (var session = scratch.portal().open(disk.subsystem(), first)) {
            write(session, 1);
            scratch.run(disk.allow(first, second));
            boolean joined = admittedSoon(scratch, disk, second);
            var ended = session.awaitEnd(WATCHED);
            boolean writes = ended == null && stillWrites(session);
            return Answer.of(
                    joined && writes,
                    "the second is %s, the first's session %s"
                            .formatted(in(joined), writes ? "goes on and writes" : "broke: " + ended));
        }
    }

    private static Answer removedRefused(Scratch scratch) throws Unanswered, InterruptedException {
        var stays = Portal.stranger();
        var leaves = Portal.stranger();
        var disk = scratch.openDisk(stays, leaves);
        scratch.portal().needAdmitted(disk.subsystem(), leaves);
        scratch.run(disk.allow(stays));
        scratch.portal().needAdmitted(disk.subsystem(), stays);
        return refused(scratch, disk.subsystem(), Map.of("the host that was taken from the list", leaves));
    }

    private static Answer listCutsNobody(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            scratch.run(disk.allow(Portal.stranger()));
            var ended = session.awaitEnd(WATCHED);
            return Answer.of(ended == null, ended == null ? "its session goes on" : "its session ended: " + ended);
        }
    }

    private static Answer emptyListAny(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var control = scratch.openDisk(host);
        var disk = scratch.disk(16 * Scratch.MIB);
        scratch.run(disk.allow(), disk.export());
        scratch.portal().needAdmitted(control.subsystem(), host);
        boolean admitted = admittedSoon(scratch, disk, Portal.stranger());
        return Answer.of(admitted, "a stranger is " + in(admitted));
    }

    private static Answer refusalFinal(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        scratch.portal().needAdmitted(disk.subsystem(), host);
        var stranger = scratch.portal().knock(disk.subsystem(), Portal.stranger());
        var nowhere = scratch.portal().knock(disk.subsystem() + "-nobody", host);
        if (!(nowhere instanceof Knock.Refused unknown))
            throw new Unanswered("an unknown name is not refused: " + nowhere);
        boolean strangerToo = !(stranger instanceof Knock.Refused refused) || refused.doNotRetry();
        return Answer.of(
                unknown.doNotRetry() && strangerToo, "unknown name: %s; stranger: %s".formatted(nowhere, stranger));
    }

    /** Whether all of these are refused. */
    private static Answer refused(Scratch scratch, String subsystem, Map<String, Host> hosts) throws Unanswered {
        for (var host : hosts.entrySet()) {
            if (scratch.portal().admits(subsystem, host.getValue())) {
                return new Answer.Refuted(host.getKey() + " was let in");
            }
        }
        return new Answer.Shown(String.join(", ", hosts.keySet()) + ": refused");
    }

    private static boolean admittedSoon(Scratch scratch, ScratchDisk disk, Host host)
            throws Unanswered, InterruptedException {
        return admittedSoon(scratch, disk.subsystem(), host);
    }

    /** An appliance may take a moment to open a door. */
    private static boolean admittedSoon(Scratch scratch, String subsystem, Host host)
            throws Unanswered, InterruptedException {
        long until = System.nanoTime() + WATCHED.toNanos();
        while (!scratch.portal().admits(subsystem, host)) {
            if (System.nanoTime() > until) return false;
            Thread.sleep(Duration.ofMillis(100));
        }
        return true;
    }

    private static String in(boolean admitted) {
        return admitted ? "let in" : "refused";
    }

    static void write(Session session, int stamp) throws IOException {
        session.write(session.namespace(1, Portal.PATIENCE), 0, block(stamp), Portal.PATIENCE);
    }

    private static boolean stillWrites(Session session) {
        try {
            write(session, 2);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    static ByteBuffer block(int stamp) {
        var block = ByteBuffer.allocate(BLOCK);
        while (block.hasRemaining()) block.putInt(stamp);
        return block.flip();
    }
}
