package io.srvlab.rdscsi.probe;

import static io.srvlab.rdscsi.probe.Weight.LIMIT;
import static io.srvlab.rdscsi.probe.Weight.NEEDED;
import static io.srvlab.rdscsi.probe.Weight.NOTE;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Namespace;
import io.srvlab.rdscsi.nvme.host.SessionEnded;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.Traffic;
import io.srvlab.rdscsi.routeros.UnreadableReply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** What stands behind the door: namespaces, their ids, sizes and limits, and what the appliance counts of them. */
final class BlockQuestions {
    private static final Duration ANNOUNCED = Duration.ofSeconds(5);

    private BlockQuestions() {}

    static List<Question> all() {
        return List.of(
                new Question(
                        "data-kept",
                        NEEDED,
                        "What was written and flushed is there after the export was off and on again under another name.",
                        "write and flush a block, export off, another NQN, export on, read",
                        "an attachment is the same volume as the one before",
                        "volumes lose data when they are attached again: do not use this version",
                        BlockQuestions::dataKept),
                new Question(
                        "ids-stable",
                        LIMIT,
                        "The namespace's ids are the same after the export was off and on.",
                        "identify the namespace (UUID, NGUID, number), export off, on, identify again",
                        "a node's device outlives a short pause of a shared volume",
                        "Linux drops the device of a node whose export was off for a moment: the node that stays on a"
                                + " shared volume may lose it when the other is put out",
                        BlockQuestions::idsStable),
                new Question(
                        "resize-seen",
                        LIMIT,
                        "A disk that is grown while in use shows its new size to whoever asks again.",
                        "a session; grow the disk by 16 MiB; identify the namespace again in the same session",
                        "the node rescans after a volume has grown",
                        "a volume's new size is seen after it was detached and attached again",
                        BlockQuestions::resizeSeen),
                new Question(
                        "resize-announced",
                        LIMIT,
                        "Such a growth is announced to open sessions.",
                        "a session that asks for events; grow the disk; wait " + ANNOUNCED.toSeconds() + " s for one",
                        "nodes see it by themselves",
                        "the node rescans the namespace when kubelet asks it to expand the volume",
                        BlockQuestions::resizeAnnounced),
                new Question(
                        "in-flight",
                        LIMIT,
                        "The appliance counts operations in flight of a file disk.",
                        "write a block over NVMe/TCP, then /disk/monitor-traffic once; in-flight-ops is there, and a total"
                                + " has moved",
                        "after a cut the next host waits until nothing is in flight, twice",
                        "after a cut the next host waits the whole settle time (--settle)",
                        BlockQuestions::inFlight),
                new Question(
                        "transfer-limit",
                        LIMIT,
                        "The target states the most data of one command (MDTS).",
                        "identify the controller",
                        "Linux splits Write Zeroes as it must",
                        "Linux 6.12 cuts long Write Zeroes short: raw block volumes are reported abnormal, with the length"
                                + " that is safe",
                        BlockQuestions::transferLimit),
                new Question(
                        "write-cache",
                        NOTE,
                        "The target says whether it has a volatile write cache.",
                        "identify the controller",
                        "nodes flush where it has one; Linux sees to it",
                        "nodes flush where it has one; Linux sees to it",
                        BlockQuestions::writeCache),
                new Question(
                        "busy-removal",
                        NOTE,
                        "A disk that is exported and in use can be removed, which ends its sessions.",
                        "a session; remove the disk item; watch the session",
                        "the driver switches the export off first, always",
                        "the driver switches the export off first, always",
                        BlockQuestions::busyRemoval),
                new Question(
                        "password",
                        NOTE,
                        "A password makes the target ask hosts for proof of their name (in-band authentication).",
                        "set nvme-tcp-server-password on a scratch disk, export it, connect, read the target's answer",
                        "not used by this version",
                        "not used by this version",
                        BlockQuestions::password));
    }

    private static Answer dataKept(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            DoorQuestions.write(session, 7);
            session.flush(session.namespace(1, Portal.PATIENCE), Portal.PATIENCE);
        }
        // Where names cannot be changed, that is another question's answer; here it is the data that counts.
        scratch.run(disk.close());
        scratch.reply(disk.set("nvme-tcp-server-nqn", disk.subsystem() + "-again"));
        scratch.run(disk.export());
        var now = disk.row().text("nvme-tcp-server-nqn").orElse(disk.subsystem());
        try (var session = scratch.portal().open(now, host)) {
            var read = session.read(session.namespace(1, Portal.PATIENCE), 0, 4096, Portal.PATIENCE);
            boolean same = read.equals(DoorQuestions.block(7));
            return Answer.of(same, same ? "the block is there" : "the block is not what was written");
        }
    }

    private static Answer idsStable(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        var before = namespace(scratch, disk, host);
        scratch.run(disk.close());
        scratch.run(disk.export());
        var after = namespace(scratch, disk, host);
        boolean named = before.uuid() != null || before.nguid() != null;
        return Answer.of(
                named && before.equals(after),
                named ? ids(before) + "; afterwards " + ids(after) : "the namespace has neither UUID nor NGUID");
    }

    private static Namespace namespace(Scratch scratch, ScratchDisk disk, Host host)
            throws Unanswered, IOException, InterruptedException {
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            var ids = session.namespaces(Portal.PATIENCE);
            if (ids.isEmpty()) throw new Unanswered("the exported disk shows no namespace");
            return session.namespace(ids.getFirst(), Portal.PATIENCE);
        }
    }

    private static String ids(Namespace of) {
        return "namespace %d, UUID %s, NGUID %s".formatted(of.id(), of.uuid(), of.nguid());
    }

    private static Answer resizeSeen(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            long before = session.namespace(1, Portal.PATIENCE).bytes();
            long asked = grow(scratch, disk);
            long after = session.namespace(1, Portal.PATIENCE).bytes();
            return Answer.of(
                    after > before, "%d bytes before, %d after; asked were %d".formatted(before, after, asked));
        }
    }

    private static Answer resizeAnnounced(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            session.announceChanges(Portal.PATIENCE);
            grow(scratch, disk);
            return new Answer.Shown("an event came: %#x".formatted(session.nextEvent(ANNOUNCED)));
        } catch (SessionEnded e) {
            if (e.getCause() instanceof TimeoutException) return new Answer.Refuted("no event came");
            throw e;
        }
    }

    private static long grow(Scratch scratch, ScratchDisk disk) throws Unanswered {
        long asked = disk.size() + 16 * Scratch.MIB;
        scratch.run(disk.set("file-size", Long.toString(asked)));
        return asked;
    }

    private static Answer inFlight(Scratch scratch) throws Unanswered, IOException, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            DoorQuestions.write(session, 1);
        }
        var reply = scratch.reply(Command.monitorTraffic(disk.slot()));
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done(var lines))) throw new Unanswered("could not ask: " + reply);
        try {
            return Traffic.parse(lines)
                    .map(seen -> Answer.of(
                            seen.everCounted(),
                            seen.everCounted()
                                    ? "%d in flight, and totals move".formatted(seen.inFlight())
                                    : "in-flight-ops is there, but no total has moved after a write"))
                    .orElse(new Answer.Refuted("there is no in-flight-ops"));
        } catch (UnreadableReply e) {
            throw new Unanswered("the counters cannot be read: " + e.getMessage());
        }
    }

    private static Answer transferLimit(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            var says = session.controller();
            return Answer.of(
                    says.mdts() != 0,
                    "MDTS %d, optional commands %#x, model %s, firmware %s"
                            .formatted(
                                    says.mdts(),
                                    says.optionalCommands(),
                                    says.model().strip(),
                                    says.firmware().strip()));
        }
    }

    private static Answer writeCache(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            return Answer.of(
                    session.controller().writeCache(),
                    session.controller().writeCache() ? "it has one" : "it says that it has none");
        }
    }

    private static Answer busyRemoval(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.openDisk(host);
        try (var session = scratch.portal().open(disk.subsystem(), host)) {
            var reply = scratch.reply(Command.remove(Scratch.DISK, disk.item()));
            if (reply instanceof Reply.Refused(var text))
                return new Answer.Refuted("the appliance refuses it: " + text);
            var ended = session.awaitEnd(ANNOUNCED);
            return Answer.of(
                    ended != null, ended == null ? "removed, and the session goes on" : "the session ended: " + ended);
        }
    }

    private static Answer password(Scratch scratch) throws Unanswered, InterruptedException {
        var host = Portal.stranger();
        var disk = scratch.disk(16 * Scratch.MIB);
        var control = scratch.openDisk(host);
        var word = "probe-" + host.id();
        var reply = scratch.reply(disk.set("nvme-tcp-server-password", word), disk.allow(host), disk.export());
        if (reply instanceof Reply.Refused(var text)) return new Answer.Refuted("the appliance refuses it: " + text);
        if (!(reply instanceof Reply.Done)) throw new Unanswered("could not ask: " + reply);
        scratch.portal().needAdmitted(control.subsystem(), host);
        var seen = scratch.portal().knock(disk.subsystem(), host);
        boolean asks = seen instanceof Knock.Admitted(boolean proof) && proof;
        return Answer.of(asks, "who connects without proof: " + seen);
    }
}
