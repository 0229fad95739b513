package io.srvlab.rdscsi.probe;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Row;
import io.srvlab.rdscsi.routeros.Rows;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.UnreadableReply;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The probe's own corner of the appliance: a directory under the base path, and disk items whose slot begins with the
 * probe's tag and whose file lies in that directory. Nothing else is ever changed; what a probe that was killed left is
 * known by both.
 */
final class Scratch {
    static final String DISK = "/disk";
    static final String FILE = "/file";
    static final String SUBVOLUME = "/disk/btrfs/subvolume";
    static final long MIB = 1L << 20;

    private static final String TAG = "rdsprobe-";
    private static final String DIRECTORY = "rds-csi-probe";

    private final RouterOs routerOs;
    private final BasePath base;
    private final Portal portal;
    private final Crowd crowd;
    private final Duration patience;
    private final String run = HexFormat.of().toHexDigits((short) new SecureRandom().nextInt());
    private int made;

    /** @param patience how long a command line is waited for */
    Scratch(RouterOs routerOs, BasePath base, Portal portal, Crowd crowd, Duration patience) {
        this.routerOs = routerOs;
        this.base = base;
        this.portal = portal;
        this.crowd = crowd;
        this.patience = patience;
    }

    Portal portal() {
        return portal;
    }

    BasePath base() {
        return base;
    }

    Crowd crowd() {
        return crowd;
    }

    /** As {@code /file} writes it. */
    String directory() {
        return base.fileName() + "/" + DIRECTORY;
    }

    /** Makes the directory unless it is there, and looks whether it is. */
    void begin() throws Unanswered {
        for (var directory : List.of(base.fileName(), directory())) {
            var itself = Filter.is("name", directory);
            var add = Command.add(FILE, ScratchDisk.properties("type", "directory", "name", directory));
            var seen = run(Command.ifNone(FILE, itself, add), Command.count(FILE, itself));
            if (!seen.getLast().equals("1")) throw new Unanswered("the directory " + directory + " does not show");
        }
    }

    /** Closed to everybody. */
    ScratchDisk disk(long bytes) throws Unanswered {
        return disk(nextSlot(""), bytes);
    }

    /** Open to these hosts, and to nobody else if the appliance does what it is told. */
    ScratchDisk openDisk(Host... hosts) throws Unanswered {
        var disk = disk(16 * MIB);
        run(disk.allow(hosts), disk.export());
        return disk;
    }

    /** A slot that was not used before; {@code padding} makes it longer. */
    String nextSlot(String padding) {
        return TAG + run + "-" + ++made + padding;
    }

    ScratchDisk disk(String slot, long bytes) throws Unanswered {
        var disk = named(slot);
        run(add(disk, bytes));
        return disk;
    }

    /** The label of the pool's filesystem, if that is a btrfs. */
    Optional<String> btrfsLabel() throws Unanswered {
        var mounted = Filter.is("mount-point", base.mountPoint());
        var pool =
                rows(run(Command.printJson(DISK, mounted)).getLast()).stream().findFirst();
        if (!pool.flatMap(row -> row.text("fs")).orElse("").equals("btrfs")) return Optional.empty();
        var labels = rows(run(Command.printJson("/disk/btrfs/filesystem")).getLast());
        if (labels.size() != 1)
            throw new Unanswered("there are %d btrfs, and which is the pool's is not told".formatted(labels.size()));
        return labels.getFirst().text("label");
    }

    /** Makes a subvolume in the scratch directory; its name, from the filesystem's root on. */
    String subvolume(String label) throws Unanswered {
        var name = inFilesystem(directory()) + "/" + nextSlot("");
        run(Command.add(SUBVOLUME, ScratchDisk.properties("fs", label, "name", name)));
        return name;
    }

    private String inFilesystem(String file) {
        return file.substring(base.mountPoint().length() + 1);
    }

    /** A closed disk of {@code disk.img} in a subvolume; {@code fresh}: the file is made with it. */
    ScratchDisk diskIn(String subvolume, boolean fresh) throws Unanswered {
        var slot = nextSlot("");
        var path = "/" + base.mountPoint() + "/" + subvolume + "/disk.img";
        var disk = new ScratchDisk(this, slot, path, named(slot).subsystem());
        var properties = properties(disk);
        if (fresh) properties.put("file-size", Long.toString(MIB));
        run(Command.add(DISK, properties));
        return disk;
    }

    /** One that may be made by {@link #add}. */
    ScratchDisk named(String slot) {
        var path = "/" + directory() + "/" + slot + ".img";
        return new ScratchDisk(this, slot, path, "nqn.2000-02.com.mikrotik:" + slot + ".1-probe");
    }

    Command add(ScratchDisk disk, long bytes) {
        var properties = properties(disk);
        properties.put("file-size", Long.toString(bytes));
        return Command.add(DISK, properties);
    }

    private static SequencedMap<String, String> properties(ScratchDisk disk) {
        return ScratchDisk.properties(
                "type", "file",
                "slot", disk.slot(),
                "file-path", disk.filePath(),
                "mount-filesystem", "no",
                "nvme-tcp-export", "no",
                "nvme-tcp-server-nqn", disk.subsystem(),
                "comment", "rds-csi probe");
    }

    /**
     * What the commands printed.
     *
     * @throws Unanswered they did not run to their end
     */
    List<String> run(Command... commands) throws Unanswered {
        return switch (reply(commands)) {
            case Reply.Done(var lines) -> lines;
            case Reply.Refused(var text) -> throw new Unanswered("the appliance refused: " + text);
            case Reply.NotAllowed(var text, var policies, var grant) ->
                throw new Unanswered("the user may not do that (%s); it takes the policies %s: %s"
                        .formatted(text, String.join(", ", policies), grant));
            case Reply.Full(var text) -> throw new Unanswered("there is no room left for the probe: " + text);
            case Reply.CouldNotAsk(var tried, var why, var _) -> throw new Unanswered(tried + ": " + why);
            case Reply other -> throw new Unanswered("the appliance says: " + other);
        };
    }

    Reply reply(Command... commands) {
        return routerOs.run(Script.of(commands), Deadline.after(patience.toMillis(), MILLISECONDS));
    }

    /** Runs one line on each lane that the driver may use at once, and at once; that of fencing is among them. */
    List<Reply> atOnce(IntFunction<List<Command>> line) throws InterruptedException {
        var replies = new ArrayList<Future<Reply>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int lane = 0; lane < crowd.sessions(); lane++) {
                var way = lane == 0 ? routerOs.fencing() : routerOs;
                var script = new Script(line.apply(lane));
                replies.add(threads.submit(() -> way.run(script, Deadline.after(patience.toMillis(), MILLISECONDS))));
            }
        }
        return replies.stream().map(Future::resultNow).toList();
    }

    List<Row> rows(String printed) throws Unanswered {
        try {
            return Rows.parse(printed);
        } catch (UnreadableReply e) {
            throw new Unanswered("the answer cannot be read: " + e.getMessage());
        }
    }

    Row one(String printed) throws Unanswered {
        var rows = rows(printed);
        if (rows.size() != 1) throw new Unanswered("there are " + rows.size() + " items where one should be");
        return rows.getFirst();
    }

    /** What a probe has made and not removed: this one or, before it began, an earlier one. */
    Leftovers leftovers() throws Unanswered {
        var disks = new ArrayList<ScratchDisk>();
        for (var row : rows(
                run(Command.printJson(DISK, Filter.matches("slot", "^" + TAG))).getLast())) {
            var slot = row.text("slot").orElse("");
            var path = row.text("file-path").orElse("");
            // The pattern is the appliance's idea of a regular expression; this comparison is ours.
            if (slot.startsWith(TAG) && path.startsWith("/" + directory() + "/")) {
                disks.add(new ScratchDisk(
                        this, slot, path, row.text("nvme-tcp-server-nqn").orElse("")));
            }
        }
        var files = names(run(Command.printJson(FILE, Filter.matches("name", "^" + directory())))
                        .getLast())
                .filter(name -> name.startsWith(directory() + "/"))
                .toList();
        boolean itself = run(Command.count(FILE, Filter.is("name", directory())))
                .getLast()
                .equals("1");
        return new Leftovers(disks, subvolumes(), files, itself ? List.of(directory()) : List.of());
    }

    /** Names of subvolumes in the scratch directory; none where there is no such menu. */
    private List<String> subvolumes() throws Unanswered {
        return switch (reply(Command.printJson(SUBVOLUME))) {
            case Reply.Done(var lines) ->
                names(lines.getLast())
                        .filter(name -> name.startsWith(inFilesystem(directory()) + "/"))
                        .toList();
            case Reply.Refused _ -> List.of();
            case Reply other -> throw new Unanswered("could not ask for subvolumes: " + other);
        };
    }

    private Stream<String> names(String printed) throws Unanswered {
        return rows(printed).stream().flatMap(row -> row.text("name").stream());
    }

    /**
     * Removes {@code leftovers}, each by its exact name, and looks again.
     *
     * @return what is still there
     */
    Leftovers remove(Leftovers leftovers) throws Unanswered {
        for (var disk : leftovers.disks()) {
            run(disk.close(), Command.remove(DISK, disk.item()));
        }
        // A snapshot is written after its original, and may go before it.
        for (var subvolume : leftovers.subvolumes().reversed()) {
            run(Command.remove(SUBVOLUME, Filter.is("name", subvolume)));
        }
        for (var file : leftovers.files()) {
            var unused = Filter.is("file-path", "/" + file);
            run(Command.ifNone(DISK, unused, Command.remove(FILE, Filter.is("name", file))));
        }
        for (var directory : leftovers.directories()) {
            // Not empty: somebody put something there, or a disk of ours did not go; then it stays, and is named.
            reply(Command.remove(FILE, Filter.is("name", directory)));
        }
        return leftovers();
    }

    /** Removes what the last question made; the directory stays for the next. */
    void tidy() throws Unanswered {
        var now = leftovers();
        remove(new Leftovers(now.disks(), now.subvolumes(), now.files(), List.of()));
    }

    /**
     * What a probe made.
     *
     * @param subvolumes from the filesystem's root on
     * @param files as {@code /file} writes them
     * @param directories the same
     */
    record Leftovers(List<ScratchDisk> disks, List<String> subvolumes, List<String> files, List<String> directories) {
        boolean none() {
            return lines().isEmpty();
        }

        /** For people, a line each. */
        List<String> lines() {
            return Stream.of(
                            disks.stream().map(disk -> "disk item " + disk.slot() + " with file " + disk.filePath()),
                            subvolumes.stream().map(subvolume -> "subvolume " + subvolume),
                            files.stream().map(file -> "file " + file),
                            directories.stream().map(directory -> "directory " + directory))
                    .flatMap(lines -> lines)
                    .toList();
        }
    }
}
