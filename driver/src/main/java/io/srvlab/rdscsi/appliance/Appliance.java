package io.srvlab.rdscsi.appliance;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Row;
import io.srvlab.rdscsi.routeros.Rows;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.Traffic;
import io.srvlab.rdscsi.routeros.UnreadableReply;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One appliance, in the words of disk items and files: each method is one command line, and every write reads back what
 * it left. What was not answered is {@link Problem.ApplianceSilent}, never "absent".
 */
public final class Appliance {
    static final String DISK = "/disk";
    private static final String FILE = "/file";
    private static final Pattern PLAIN = Pattern.compile("[ -~]+");
    private static final Pattern NO_SUCH_COMMAND = Pattern.compile(
            "^(bad command name|syntax error|expected end of command|expected command name|bad parameter)");
    static final Pattern NO_SUCH_WORD =
            Pattern.compile(NO_SUCH_COMMAND.pattern() + "|^(input does not match any value of|unknown parameter)");
    private static final Filter ROSE_STORAGE = Filter.is("name", "rose-storage");

    private final RouterOs routerOs;
    private final RouterOs fencing;
    private final Release release;
    private final DiskReads diskReads;

    public Appliance(RouterOs routerOs) {
        this(routerOs, _ -> {});
    }

    /** @param health is told what each look at the appliance itself showed ({@link #checkRelease}) */
    public Appliance(RouterOs routerOs, Consumer<Health> health) {
        this.routerOs = routerOs;
        this.fencing = routerOs.fencing();
        this.release = new Release(fencing, health);
        this.diskReads = new DiskReads(release::last);
    }

    /**
     * Reads which RouterOS the appliance runs. What was read last decides whether anything is changed here, a cut excepted:
     * that only takes away, and is read back like all else.
     *
     * @throws Failed with {@link Problem.OldRouterOs}, or {@link Problem.ApplianceSilent} if it could not be asked
     */
    public void checkRelease(Deadline deadline) {
        release.read(deadline);
    }

    /** The RouterOS version that was read last, as the appliance says it; empty while none could be read. */
    public Optional<String> lastRelease() {
        return release.last();
    }

    /** The item in {@code volume}'s slot, or nothing if the appliance has none. */
    public Optional<Disk> disk(VolumeId volume, Deadline deadline) {
        return disk(routerOs, volume, deadline);
    }

    /** As {@link #disk}, to decide on a cut: it goes before all else that waits for the appliance. */
    public Optional<Disk> diskToCut(VolumeId volume, Deadline deadline) {
        return disk(fencing, volume, deadline);
    }

    private Optional<Disk> disk(RouterOs way, VolumeId volume, Deadline deadline) {
        var reply = diskReads.item(way, Filter.is("slot", volume.slot()), deadline);
        return looked("read disk item " + volume, reply, deadline).one(0, Disk::of);
    }

    /** How many volumes {@code holder}, of the cluster of that mark, has on this appliance. */
    public long heldBy(Holder holder, String clusterMark, Deadline deadline) {
        var reply = ask(
                "count the volumes of " + holder.node(),
                Script.of(Command.count(DISK, heldItems(clusterMark, holder))),
                deadline);
        return reply.number(0);
    }

    /** All disk items with a record of this driver, or with one that claims to be. */
    public List<Disk> recorded(Deadline deadline) {
        var reply = diskReads.items(routerOs, Filter.matches("comment", "^rc1:"), deadline);
        return looked("list disk items", reply, deadline).rows(0, Disk::of);
    }

    /**
     * What there is where a volume is to be made.
     *
     * @param disks the items in the slots that were asked for
     * @param pool nothing if no disk item is mounted at the base path's first level
     * @param baseExists whether the directory is there
     * @param fileExists whether the volume's backing file is there already
     */
    public record Site(List<Disk> disks, Optional<Pool> pool, boolean baseExists, boolean fileExists) {}

    /** The items in {@code slots}, the pool under {@code base}, and whether {@code base} and {@code file} exist, in one read. */
    public Site site(List<VolumeId> slots, BasePath base, String file, Deadline deadline) {
        var wanted = slots.stream()
                .map(volume -> Filter.is("slot", volume.slot()))
                .reduce(Filter::or)
                .orElseThrow(() -> new IllegalArgumentException("no slot to look at"));
        var reply = ask(
                "read disk items, pool and directory of " + base,
                Script.of(
                        Command.printJson(DISK, wanted),
                        printPool(base),
                        Command.count(FILE, Filter.is("name", base.fileName())),
                        Command.count(FILE, Filter.is("name", file.substring(1)))),
                deadline);
        return new Site(
                reply.rows(0, Disk::of), reply.one(1, Appliance::pool), reply.number(2) > 0, reply.number(3) > 0);
    }

    /** Size and free space of the pool under {@code base}; nothing if no disk item is mounted there. */
    public Optional<Pool> pool(BasePath base, Deadline deadline) {
        return ask("read the pool of " + base, Script.of(printPool(base)), deadline)
                .one(0, Appliance::pool);
    }

    /** Makes the directory; whether it is there now, and if not, what the appliance said. */
    public void makeDirectory(BasePath base, Deadline deadline) {
        release.need(deadline);
        var properties = new LinkedHashMap<String, String>();
        properties.put("type", "directory");
        properties.put("name", base.fileName());
        var script = Script.of(Command.add(FILE, properties), Command.count(FILE, Filter.is("name", base.fileName())));
        switch (routerOs.run(script, deadline)) {
            case Reply.Done done when new Answer("make directory " + base, done.lines()).number(0) > 0 -> {}
            case Reply.Done _ -> throw new Failed(new Problem.NoBasePath(base.path(), "it does not show"));
            case Reply.Refused(var text) -> throw new Failed(new Problem.NoBasePath(base.path(), text));
            case Reply other -> throw failed("make directory " + base, other, deadline);
        }
    }

    /**
     * Makes a file disk that is exported to nobody and not mounted by RouterOS, and reads it back.
     *
     * @return what is in the slot afterwards: perhaps another controller's item, if that was faster
     */
    public Optional<Disk> create(VolumeId volume, Bytes size, String filePath, Ledger ledger, Deadline deadline) {
        release.need(deadline);
        var properties = new LinkedHashMap<String, String>();
        properties.put("type", "file");
        properties.put("slot", volume.slot());
        properties.put("file-path", filePath);
        properties.put("file-size", Long.toString(size.count()));
        // RouterOS would mount what a pod formats.
        properties.put("mount-filesystem", "no");
        properties.put("nvme-tcp-export", "no");
        properties.put("nvme-tcp-server-nqn", ledger.claim().subsystem(volume).text());
        properties.put("comment", ledger.format(volume));
        var question = "make disk item " + volume;
        var reply = routerOs.run(Script.of(Command.add(DISK, properties), printDisk(volume)), deadline);
        return switch (reply) {
            case Reply.Done done -> new Answer(question, done.lines()).one(0, Disk::of);
            case Reply.Full(var text) ->
                throw new Failed(new Problem.NoRoom(volume.slot(), "the appliance says " + text));
            case Reply.CouldNotAsk _ when mayHaveRun(reply) -> disk(volume, deadline);
            // Somebody else may have made it in this moment: the item decides, not the error.
            case Reply.Refused _ ->
                disk(volume, deadline).or(() -> {
                    throw failed(question, reply, deadline);
                });
            case Reply other -> throw failed(question, other, deadline);
        };
    }

    /**
     * One step of a change: the item is chosen by its slot and by the comment that it must still have, so that a step
     * that comes late changes nothing.
     */
    public record GuardedSet(String expectedComment, SequencedMap<String, String> properties) {}

    /**
     * What a change found, and what it left.
     *
     * @param before the item as it stood when the command line began; nothing if it was gone, or if that answer was lost
     * @param after the item as it stands afterwards, whoever wrote it; nothing if it is gone
     */
    public record Change(Optional<Disk> before, Optional<Disk> after) {}

    /** Runs {@code steps} as one command line, between two looks at the item. A lost answer is read, not sent again. */
    public Change change(VolumeId volume, List<GuardedSet> steps, Deadline deadline) {
        release.need(deadline);
        return changed(volume, sets(volume, steps), deadline);
    }

    /**
     * Runs {@code steps}, which take the volume from a host and let no other in, and reads the item back: before all else
     * that waits for the appliance, and whatever it runs. A lost answer is read, not sent again.
     *
     * @return the item as it stands afterwards, whoever wrote it; nothing if it is gone
     */
    public Optional<Disk> cut(VolumeId volume, List<GuardedSet> steps, Deadline deadline) {
        var commands = new ArrayList<>(sets(volume, steps));
        commands.add(printDisk(volume));
        var reply = fencing.run(new Script(commands), deadline);
        if (mayHaveRun(reply)) return disk(fencing, volume, deadline);
        return answer("change disk item " + volume, reply, deadline).one(0, Disk::of);
    }

    /**
     * How many volumes a node may have.
     *
     * @param clusterMark {@link ClusterId#mark} of its cluster
     * @param most at least 1
     */
    public record Limit(String clusterMark, Holder holder, int most) {}

    /** As {@link #change}, but nothing is changed if {@code limit} is reached already. */
    public Change changeWithin(Limit limit, VolumeId volume, List<GuardedSet> steps, Deadline deadline) {
        release.need(deadline);
        var held = heldItems(limit.clusterMark(), limit.holder());
        return changed(volume, List.of(Command.ifFewer(DISK, held, limit.most(), sets(volume, steps))), deadline);
    }

    private static Filter heldItems(String clusterMark, Holder holder) {
        return Filter.matches("comment", Ledger.heldByPattern(clusterMark, holder));
    }

    private static List<Command> sets(VolumeId volume, List<GuardedSet> steps) {
        return steps.stream()
                .map(step -> Command.set(DISK, guard(volume, step.expectedComment()), step.properties()))
                .toList();
    }

    private Change changed(VolumeId volume, List<Command> changes, Deadline deadline) {
        var commands = new ArrayList<Command>();
        commands.add(printDisk(volume));
        commands.addAll(changes);
        commands.add(printDisk(volume));
        var reply = routerOs.run(new Script(commands), deadline);
        if (mayHaveRun(reply)) return new Change(Optional.empty(), disk(volume, deadline));
        var answer = answer("change disk item " + volume, reply, deadline);
        return new Change(answer.one(0, Disk::of), answer.one(1, Disk::of));
    }

    /**
     * What a removal left.
     *
     * @param disk the item, if it still stands
     * @param file whether the backing file is still there
     */
    public record Remains(Optional<Disk> disk, boolean file) {}

    /**
     * Removes the item, if it still has the comment {@code expected} was read with, and then exactly its file, if no disk
     * item uses it; reads both back.
     */
    public Remains remove(Disk expected, String expectedComment, Deadline deadline) {
        release.need(deadline);
        var file = Filter.is("name", expected.filePath().substring(1));
        var script = Script.of(
                Command.remove(DISK, guard(expected.volume(), expectedComment)),
                removeUnusedFile(expected.filePath()),
                printDisk(expected.volume()),
                Command.count(FILE, file));
        var question = "remove disk item " + expected.volume() + " and its file " + expected.filePath();
        var reply = routerOs.run(script, deadline);
        if (mayHaveRun(reply)) {
            reply = routerOs.run(Script.of(printDisk(expected.volume()), Command.count(FILE, file)), deadline);
        }
        var answer = answer(question, reply, deadline);
        return new Remains(answer.one(0, Disk::of), answer.number(1) > 0);
    }

    /**
     * What an earlier removal of {@code volume} left behind.
     *
     * @param disk the item in its slot
     * @param files paths of backing files that carry this cluster's and this volume's hash in their name
     */
    public record Trace(Optional<Disk> disk, List<String> files) {}

    /** The item in {@code volume}'s slot, and files on any pool that are shown to be its backing file. */
    public Trace trace(VolumeId volume, ClusterId cluster, Deadline deadline) {
        var name = BasePath.backingFileName(volume, cluster);
        var pattern = "/" + name.replace(".", "[.]") + "$";
        var reply = ask(
                "look for disk item and file of " + volume,
                Script.of(printDisk(volume), Command.printJson(FILE, Filter.matches("name", pattern))),
                deadline);
        var files = reply
                .rows(1, row -> row.text("name").orElseThrow(() -> new IllegalArgumentException("a file has no name")))
                .stream()
                // The pattern is the appliance's idea of a regular expression; this comparison is ours.
                .filter(found -> found.endsWith("/" + name))
                .map(found -> "/" + found)
                .toList();
        return new Trace(reply.one(0, Disk::of), files);
    }

    /** Removes exactly the file at {@code path} if no disk item uses it; whether it is gone. */
    public boolean removeFile(String path, Deadline deadline) {
        release.need(deadline);
        var question = "remove file " + path;
        var count = Command.count(FILE, Filter.is("name", path.substring(1)));
        var reply = routerOs.run(Script.of(removeUnusedFile(path), count), deadline);
        if (mayHaveRun(reply)) reply = routerOs.run(Script.of(count), deadline);
        return answer(question, reply, deadline).number(0) == 0;
    }

    /** What the appliance counts of an item; nothing if it does not count. */
    public Optional<InFlight> inFlight(VolumeId volume, Deadline deadline) {
        var question = "count operations in flight on " + volume;
        return switch (routerOs.run(Script.of(Command.monitorTraffic(volume.slot())), deadline)) {
            case Reply.Done(var lines) -> counted(question, lines);
            // An appliance without these counters says so; any other refusal is no word on them.
            case Reply.Refused(var text) when NO_SUCH_COMMAND.matcher(text).find() -> Optional.empty();
            case Reply other -> throw failed(question, other, deadline);
        };
    }

    private static Optional<InFlight> counted(String question, List<String> lines) {
        try {
            return Traffic.parse(lines).map(counted -> new InFlight(counted.inFlight(), counted.everCounted()));
        } catch (UnreadableReply e) {
            throw new Failed(new Problem.ApplianceRefused(question, "the answer cannot be read: " + e.getMessage()), e);
        }
    }

    private static Command printDisk(VolumeId volume) {
        return Command.printJson(DISK, Filter.is("slot", volume.slot()));
    }

    private static Command printPool(BasePath base) {
        return Command.printJson(DISK, Filter.is("mount-point", base.mountPoint()));
    }

    private static Command removeUnusedFile(String path) {
        return Command.ifNone(
                DISK, Filter.is("file-path", path), Command.remove(FILE, Filter.is("name", path.substring(1))));
    }

    /**
     * The comment to the letter. One that no command can spell, since an operator wrote beyond ASCII behind the record, is
     * known by its beginning, which holds the record and its check sum.
     */
    private static Filter guard(VolumeId volume, String expectedComment) {
        var slot = Filter.is("slot", volume.slot());
        var plain = PLAIN.matcher(expectedComment);
        if (plain.matches()) return slot.and(Filter.is("comment", expectedComment));
        var beginning = plain.lookingAt() ? plain.group() : "";
        return slot.and(Filter.matches("comment", "^" + beginning.replaceAll("[^A-Za-z0-9:,@_ -]", ".")));
    }

    private static Pool pool(Row row) {
        return new Pool(size(row, "size"), size(row, "free"));
    }

    private static Bytes size(Row row, String property) {
        return new Bytes(row.number(property)
                .orElseThrow(() -> new IllegalArgumentException("the pool's row has no " + property)));
    }

    private static boolean mayHaveRun(Reply reply) {
        return reply instanceof Reply.CouldNotAsk(var _, var _, var fate) && fate == Reply.Fate.UNKNOWN;
    }

    private Answer ask(String question, Script script, Deadline deadline) {
        return ask(routerOs, question, script, deadline);
    }

    private Answer ask(RouterOs way, String question, Script script, Deadline deadline) {
        return looked(question, way.run(script, deadline), deadline);
    }

    private Answer looked(String question, Reply reply, Deadline deadline) {
        // An old one may not even know the words: then its age is the news.
        if (reply instanceof Reply.Refused) release.refuseIfKnownOld();
        return answer(question, reply, deadline);
    }

    private Answer answer(String question, Reply reply, Deadline deadline) {
        return switch (reply) {
            case Reply.Done(var lines) -> new Answer(question, lines);
            default -> throw failed(question, reply, deadline);
        };
    }

    private Failed failed(String question, Reply reply, Deadline deadline) {
        return new Failed(
                switch (reply) {
                    case Reply.Done _ -> throw new IllegalArgumentException("an answer is no failure");
                    case Reply.CouldNotAsk(var tried, var why, var _) ->
                        new Problem.ApplianceSilent(question, tried, why);
                    case Reply.Refused(var text) -> refused(question, text, deadline);
                    case Reply.NotThere(var text) -> new Problem.ApplianceRefused(question, text);
                    case Reply.NotAllowed(var text, var policies, var grant) ->
                        new Problem.NotAllowed(question, text, String.join(", ", policies), grant);
                    case Reply.Full(var text) -> new Problem.ApplianceRefused(question, text);
                    case Reply.Busy(var text) -> new Problem.ApplianceBusy(question, text);
                });
    }

    /** Words that RouterOS does not know may be those that the package adds. */
    private Problem refused(String question, String text, Deadline deadline) {
        if (NO_SUCH_WORD.matcher(text).find()
                && routerOs.run(Script.of(Command.printJson("/system/package", ROSE_STORAGE)), deadline)
                        instanceof Reply.Done(var lines)) {
            var rows = new Answer(question, lines).rows(0, row -> row);
            if (rows.isEmpty()) return new Problem.NoRoseStorage(question, text, "not installed");
            if (isOn(rows.getFirst(), "disabled")) return new Problem.NoRoseStorage(question, text, "disabled");
            if (isOn(rows.getFirst(), "available")) return new Problem.NoRoseStorage(question, text, "not enabled");
        }
        return new Problem.ApplianceRefused(question, text);
    }

    private static boolean isOn(Row row, String flag) {
        return row.flag(flag).orElse(false);
    }

    /** The lines of a whole answer; one that cannot be read is a failure, never "nothing there". */
    private record Answer(String question, List<String> lines) {
        <T> List<T> rows(int line, Function<Row, T> shape) {
            try {
                return Rows.parse(text(line)).stream().map(shape).toList();
            } catch (UnreadableReply | IllegalArgumentException e) {
                throw unreadable(String.valueOf(e.getMessage()), e);
            }
        }

        <T> Optional<T> one(int line, Function<Row, T> shape) {
            var rows = rows(line, shape);
            if (rows.size() > 1) {
                throw unreadable("it shows " + rows.size() + " items where one can be", null);
            }
            return rows.stream().findFirst();
        }

        long number(int line) {
            try {
                return Long.parseLong(text(line));
            } catch (NumberFormatException e) {
                throw unreadable("'" + text(line) + "' is no number", e);
            }
        }

        String text(int line) {
            if (line >= lines.size())
                throw unreadable("it has " + lines.size() + " lines instead of " + (line + 1), null);
            return lines.get(line);
        }

        private Failed unreadable(String why, @Nullable Throwable cause) {
            var problem = new Problem.ApplianceRefused(question, "the answer cannot be read: " + why);
            return cause == null ? new Failed(problem) : new Failed(problem, cause);
        }
    }
}
