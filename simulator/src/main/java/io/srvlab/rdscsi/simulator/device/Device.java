package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.PoolFull;
import io.srvlab.rdscsi.simulator.personality.Personality.RoseStorageMissing;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One appliance: a pool, its files, its disks, and the doors through which disks are on the network. Every change is in
 * the state file, and every door as it says, before the call that made it returns.
 */
public final class Device {
    /** The pool's mount point, which is its slot too. */
    public static final String POOL = "storage-pool";

    /** The directory that is there from the start, as {@code /disk} writes it. */
    public static final String BASE_PATH = "/" + POOL + "/rds-csi";

    private static final long PRE_VOLUME_BYTES = 1L << 20;
    private static final int CHANGES_KEPT = 64;

    /** What the appliance is made of. {@code preVolumes} disks are there when it is new; {@code version} as {@code /system/resource} shows it. */
    public record Make(PoolFilesystem filesystem, long poolBytes, int preVolumes, String version) {}

    private final Make make;
    private final Instant started = Instant.now();
    private final FileTree files;
    private final Path exportsDirectory;
    private final Exports exports;
    private final StateFile stateFile;
    private final Network network;
    private final Rules<Personality> personalities;
    private final Lists lists;
    private final Subvolumes subvolumes;
    private final Map<String, Long> inFlight = new ConcurrentHashMap<>();
    private final Deque<List<Disk>> before = new ArrayDeque<>();
    private List<Disk> disks = List.of();
    private long nextDisk;

    /** The appliance whose state lies in this directory, which exists; a new one if nothing does. Its doors lead nowhere. */
    public Device(Path state, Make make) throws IOException {
        this(state, make, Network.NONE);
    }

    /** The same, with doors that lead somewhere. */
    public Device(Path state, Make make, Network network) throws IOException {
        this(state, make, network, new Rules<>());
    }

    /** The same, with ways of its own. */
    public Device(Path state, Make make, Network network, Rules<Personality> personalities) throws IOException {
        this.make = make;
        this.network = network;
        this.personalities = personalities;
        lists = new Lists(personalities);
        stateFile = new StateFile(state.resolve("state.json"));
        exportsDirectory = state.resolve("exports").toAbsolutePath();
        exports = new Exports(exportsDirectory);
        subvolumes = new Subvolumes(state.resolve("subvolumes.json"));
        var root = Files.createDirectories(state.resolve("files"));
        var last = stateFile.read();
        if (last == null) {
            files = new FileTree(root, 1, subvolumes::isShared);
            nextDisk = PoolItem.ID.number() + 1;
            begin();
        } else {
            files = new FileTree(root, last.nextFile(), subvolumes::isShared);
            nextDisk = last.nextDisk();
            commit(last.disks());
        }
        before.clear();
    }

    /** The menus, by path; nothing reboots. */
    public Map<String, Menu> menus() {
        return menus(() -> {});
    }

    /**
     * The menus, by path.
     *
     * @param reboot begins one and returns
     */
    public Map<String, Menu> menus(Runnable reboot) {
        var menus = new LinkedHashMap<String, Menu>();
        menus.put("disk", new DiskMenu(this));
        menus.put("file", new FileMenu(this));
        menus.put("system", new PowerMenu(reboot));
        menus.put("system/resource", FixedMenu.ofOne(this::resource));
        menus.put("system/package", FixedMenu.asked(() -> List.of(pack("routeros"), pack("rose-storage"))));
        if (make.filesystem() == PoolFilesystem.BTRFS) {
            menus.put("disk/btrfs/subvolume", new SubvolumeMenu(this));
            menus.put("disk/btrfs/filesystem", FixedMenu.of(List.of(Map.of("label", new Value.Text(POOL)))));
        }
        return menus;
    }

    /** The directory with a link for each disk on the network, named by its NQN. */
    public Path exports() {
        return exportsDirectory;
    }

    /** Sets what {@code monitor-traffic} shows as {@code in-flight-ops} of this slot, beside those that really are. */
    public void inFlight(String slot, long operations) {
        inFlight.put(slot, operations);
    }

    /** Has every door be as the appliance is now: something of that has changed. */
    public synchronized void reconsider() {
        lists.forget();
        try {
            network.become(doors());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets the last so many changes of disks, or as many as there were since the start, at most {@value #CHANGES_KEPT}; for when nothing runs any more. */
    public synchronized void lose(int changes) {
        var past = disks;
        for (int i = 0; i < changes && !before.isEmpty(); i++) past = before.pop();
        try {
            stateFile.write(new StateFile.State(nextDisk, files.nextId(), past));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces what is in a file, named as {@code /file} names it; made if it is not there. */
    public synchronized void write(String file, String text) throws ConsoleError {
        int slash = file.lastIndexOf('/');
        if (!FileTree.isName(file) || slash < 0 || !files.isDirectory(file.substring(0, slash)))
            throw Refusal.of(Refusal.NO_DIRECTORY);
        if (files.isDirectory(file)) throw Refusal.of(Refusal.NOT_A_FILE);
        if (text.length() > freeBytes()) throw Refusal.of(Refusal.NO_SPACE);
        try {
            files.write(file, text);
            commit(disks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Rules<Personality> personalities() {
        return personalities;
    }

    Network.Counters traffic(long disk, String slot) {
        return network.traffic(disk).withMoreInFlight(inFlight.getOrDefault(slot, 0L));
    }

    /** The id of the disk in this slot. */
    public synchronized OptionalLong disk(String slot) {
        return disks.stream()
                .filter(disk -> disk.slot().equals(slot))
                .mapToLong(Disk::id)
                .findFirst();
    }

    Make make() {
        return make;
    }

    FileTree files() {
        return files;
    }

    List<Disk> disks() {
        return disks;
    }

    Subvolumes subvolumes() {
        return subvolumes;
    }

    /** Makes the subvolume, with all that is in its parent; who writes to that waits meanwhile. */
    void make(Subvolumes.Subvolume made, Subvolumes.@Nullable Subvolume parent) throws IOException {
        var quiet = new ArrayList<Network.Hold>();
        try {
            for (var disk : disks) {
                if (parent != null && parent.holds(disk.fileName())) quiet.add(network.hold(disk.id()));
            }
            subvolumes.add(made); // first, so that its files are known to be shared
            files.makeDirectory(made.directory(), parent == null ? null : parent.directory());
        } finally {
            quiet.forEach(Network.Hold::close);
        }
        commit(disks);
    }

    /** Removes the subvolume with all that is in it. */
    void remove(Subvolumes.Subvolume gone) throws IOException {
        files.removeDirectory(gone.directory());
        subvolumes.remove(gone.id());
        commit(disks);
    }

    long freeBytes() {
        if (personalities.holds(PoolFull.class, Site.door(POOL))) return 0;
        return Math.max(0, make.poolBytes() - files.usedBytes());
    }

    /** Takes an id for a new disk; it is used up when the disk is committed. */
    long nextDisk() {
        return nextDisk;
    }

    /**
     * Makes these the disks. The state file goes first: after a kill in between, the start shows the doors that it says.
     *
     * @throws UncheckedIOException the state directory failed; whether the change stays is open, as after a power loss
     */
    void commit(List<Disk> next) {
        for (var disk : next) nextDisk = Math.max(nextDisk, disk.id() + 1);
        try {
            stateFile.write(new StateFile.State(nextDisk, files.nextId(), next));
            if (!next.equals(disks)) {
                if (before.size() == CHANGES_KEPT) before.removeLast();
                before.push(disks);
            }
            disks = List.copyOf(next);
            var doors = doors();
            exports.become(links(doors));
            network.become(doors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts another disk in the place of the one with the same id. */
    void replace(Disk disk) {
        UnaryOperator<Disk> swap = old -> old.id() == disk.id() ? disk : old;
        commit(disks.stream().map(swap).toList());
    }

    private static Map<String, Path> links(List<Door> doors) {
        var links = new LinkedHashMap<String, Path>();
        for (var door : doors) links.put(door.nqn(), door.file());
        return links;
    }

    private List<Door> doors() {
        var doors = new ArrayList<Door>();
        for (var disk : disks) if (disk.exported()) doors.add(door(disk));
        lists.keep(doors);
        return doors;
    }

    private Door door(Disk disk) {
        var file = files.find(disk.fileName());
        var path = files.onDisk(disk.fileName());
        return new Door(disk.id(), disk.slot(), disk.nqn(), lists.of(disk), path, file == null ? 0 : file.bytes());
    }

    private void begin() throws IOException {
        for (var directory : List.of(POOL, BASE_PATH.substring(1))) {
            if (!files.isDirectory(directory)) files.makeDirectory(directory);
        }
        var first = new ArrayList<Disk>();
        for (int n = 1; n <= make.preVolumes(); n++) {
            var slot = "pre-%05d".formatted(n);
            var settings = DiskSettings.initial();
            settings.put(DiskSettings.TYPE, "file");
            settings.put(DiskSettings.SLOT, slot);
            settings.put(DiskSettings.NQN, DiskSettings.defaultNqn(slot));
            settings.put(DiskSettings.FILE_PATH, BASE_PATH + "/" + slot + ".img");
            settings.put("mount-filesystem", "no");
            var disk = new Disk(nextDisk++, settings);
            files.extend(disk.fileName(), PRE_VOLUME_BYTES);
            first.add(disk);
        }
        commit(first);
    }

    private Map<String, Value> resource() {
        var row = new LinkedHashMap<String, Value>();
        row.put(
                "uptime",
                new Value.Time(Duration.ofSeconds(
                        Duration.between(started, Instant.now()).toSeconds())));
        row.put("version", new Value.Text(make.version()));
        row.put("free-memory", new Value.Num(31L << 30));
        row.put("total-memory", new Value.Num(32L << 30));
        row.put("free-hdd-space", new Value.Num(100L << 20));
        row.put("total-hdd-space", new Value.Num(128L << 20));
        row.put("architecture-name", new Value.Text("arm64"));
        row.put("board-name", new Value.Text("RDS2216"));
        row.put("platform", new Value.Text("MikroTik"));
        return row;
    }

    private Map<String, Value> pack(String name) {
        var row = new LinkedHashMap<String, Value>();
        row.put("name", new Value.Text(name));
        row.put("version", new Value.Text(make.version().split(" ", 2)[0]));
        boolean missing = personalities.holds(RoseStorageMissing.class, Site.APPLIANCE);
        row.put("disabled", new Value.Bool(missing && name.equals("rose-storage")));
        return row;
    }
}
