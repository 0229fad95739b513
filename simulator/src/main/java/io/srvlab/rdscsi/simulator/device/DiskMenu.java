package io.srvlab.rdscsi.simulator.device;

import static io.srvlab.rdscsi.simulator.device.DiskSettings.FILE_PATH;
import static io.srvlab.rdscsi.simulator.device.DiskSettings.FILE_SIZE;
import static io.srvlab.rdscsi.simulator.device.DiskSettings.NQN;
import static io.srvlab.rdscsi.simulator.device.DiskSettings.SLOT;
import static io.srvlab.rdscsi.simulator.device.DiskSettings.TYPE;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import io.srvlab.rdscsi.simulator.personality.Personality.RoseStorageMissing;
import io.srvlab.rdscsi.simulator.personality.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /disk}: the pool, which is only shown, and the file disks. */
final class DiskMenu implements Menu {
    private static final List<Property> PROPERTIES = Stream.of(
                    "type slot slot-default parent uuid fs model size mount-point free mount-filesystem mount-read-only",
                    "compress sector-size raid-type raid-device-count raid-max-component-size raid-chunk-size",
                    "raid-master raid-state state nvme-tcp-export nvme-tcp-server-port nvme-tcp-server-nqn",
                    "nvme-tcp-server-allow-host-name iscsi-export nfs-sharing smb-sharing media-sharing",
                    "media-interface swap file-path file-size file-offset comment")
            .flatMap(line -> Stream.of(line.split(" ", -1)))
            .map(DiskMenu::property)
            .toList();

    /** What {@code /disk} has without the package: no file disks, no exports. */
    private static final List<Property> WITHOUT_ROSE = PROPERTIES.stream()
            .filter(p -> !p.name().startsWith("nvme-tcp-") && !p.name().startsWith("file-"))
            .toList();

    // As captured: these words stand bare, other text in quotes.
    private static final Set<String> BARE = Set.of(
            TYPE,
            "fs",
            "raid-type",
            "raid-max-component-size",
            "raid-chunk-size",
            "raid-master",
            "media-interface",
            FILE_PATH,
            FILE_SIZE);

    private final Device device;
    private final DiskTraits traits;
    private Snapshot last = new Snapshot(List.of(), -1, new IdentityHashMap<>(), List.of());

    /**
     * All items as they are until a disk or a file is another. An item stays as long as its disk does, while no file changes:
     * on a large appliance, to make all of them anew takes longer than anything else.
     */
    private record Snapshot(List<Disk> disks, long files, Map<Disk, Item> byDisk, List<Item> items) {}

    DiskMenu(Device device) {
        this.device = device;
        this.traits = new DiskTraits(device.personalities());
    }

    private static Property property(String name) {
        boolean writable = DiskSettings.has(name) || name.equals(FILE_SIZE);
        return new Property(name, writable, name.equals(TYPE));
    }

    @Override
    public List<Property> properties() {
        return isWithoutRose() ? WITHOUT_ROSE : PROPERTIES;
    }

    private boolean isWithoutRose() {
        return device.personalities().holds(RoseStorageMissing.class, Site.APPLIANCE);
    }

    @Override
    public String flagsTitle() {
        return "Flags: X - disabled";
    }

    @Override
    public Look look(String property) {
        if (property.equals("size") || property.equals("free")) return Look.GROUPED;
        return BARE.contains(property) ? Look.BARE : Look.BY_TYPE;
    }

    @Override
    public List<Item> items() {
        synchronized (device) {
            var same = last.disks().equals(device.disks())
                    && last.files() == device.files().changes();
            if (!same) last = snapshot();
            return last.items();
        }
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        synchronized (device) {
            if (isWithoutRose()) throw Refusal.noneOf(TYPE);
            for (var needed : List.of(TYPE, SLOT, FILE_PATH))
                if (!given.containsKey(needed)) throw Refusal.missing(needed);
            var changes = traits.asWritten("/disk/add", read(given));
            if (changes.get(NQN) == null) changes.put(NQN, DiskSettings.defaultNqn(String.valueOf(changes.get(SLOT))));
            var disk = new Disk(device.nextDisk(), DiskSettings.initial()).with(changes);
            refuseTwins(disk);
            extend(disk.slot(), backing(disk, given), given);
            device.commit(
                    Stream.concat(device.disks().stream(), Stream.of(disk)).toList());
            return new Value.Id(disk.id());
        }
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        synchronized (device) {
            var before = disk(item);
            var changes = traits.asWritten("/disk/set", before.slot(), read(given));
            if (changes.containsKey(NQN) && changes.get(NQN) == null) {
                changes.put(
                        NQN,
                        DiskSettings.defaultNqn(
                                changes.containsKey(SLOT) ? String.valueOf(changes.get(SLOT)) : before.slot()));
            }
            traits.mayChangeNqn(before, changes);
            var after = before.with(changes);
            if (!after.fileName().equals(before.fileName())) throw Refusal.of(Refusal.FIXED);
            refuseTwins(after);
            if (given.containsKey(FILE_SIZE) && Sizes.parse(FILE_SIZE, given.get(FILE_SIZE)) < bytes(before)) {
                throw Refusal.of(Refusal.SHRINKS);
            }
            extend(after.slot(), after.fileName(), given);
            device.replace(after);
        }
    }

    /** Takes the item away, exported or not; its file stays. */
    @Override
    public void remove(Value.Id item) throws ConsoleError {
        synchronized (device) {
            var gone = disk(item);
            device.commit(
                    device.disks().stream().filter(d -> d.id() != gone.id()).toList());
        }
    }

    @Override
    public Map<String, Verb> verbs() {
        Verb traffic = (on, given) -> {
            if (on == null) throw Refusal.missing("numbers");
            if (!given.keySet().equals(Set.of("once"))) throw Refusal.of(Refusal.ONLY_ONCE);
            if (!(on.values().get(SLOT) instanceof Value.Text(var slot))) throw Refusal.of(Refusal.NO_SUCH_ITEM);
            return traits.report(slot, device.traffic(on.id().number(), slot));
        };
        return Map.of("monitor-traffic", traffic, "copy", new CopyCommand(device));
    }

    private Snapshot snapshot() {
        long files = device.files().changes();
        var known = last.files() == files ? last.byDisk() : Map.<Disk, Item>of();
        var byDisk = new IdentityHashMap<Disk, Item>();
        var items = new ArrayList<Item>();
        items.add(PoolItem.of(device));
        for (var disk : device.disks()) {
            var before = known.get(disk);
            var item = before == null ? new Item(new Value.Id(disk.id()), row(disk)) : before;
            byDisk.put(disk, item);
            items.add(item);
        }
        return new Snapshot(device.disks(), files, byDisk, Collections.unmodifiableList(items));
    }

    private Map<String, Value> row(Disk disk) {
        var row = new LinkedHashMap<String, Value>();
        disk.settings().forEach((name, text) -> row.put(name, DiskSettings.show(name, text)));
        long bytes = bytes(disk);
        row.put("slot-default", new Value.Text(""));
        row.put("parent", new Value.Text(""));
        row.put("fs", new Value.Text("-"));
        row.put("model", new Value.Text("/" + disk.fileName()));
        row.put("size", new Value.Num(bytes));
        row.put("sector-size", new Value.Num(512));
        row.put("raid-master", new Value.Text("none"));
        row.put("media-interface", new Value.Text("none"));
        // Rounded everywhere, since no client may take a size from it.
        row.put(FILE_SIZE, new Value.Text(Sizes.rounded(bytes)));
        row.put("file-offset", new Value.Num(0));
        return Collections.unmodifiableMap(row);
    }

    private long bytes(Disk disk) {
        var file = device.files().find(disk.fileName());
        // Somebody may have taken the file from the state directory while nothing ran.
        return file == null ? 0 : file.bytes();
    }

    private Disk disk(Value.Id item) throws ConsoleError {
        if (item.equals(PoolItem.ID)) throw Refusal.of(Refusal.FIXED);
        for (var disk : device.disks()) if (disk.id() == item.number()) return disk;
        throw Refusal.of(Refusal.NO_SUCH_ITEM);
    }

    private static Map<String, @Nullable String> read(Map<String, Value> given) throws ConsoleError {
        var changes = new LinkedHashMap<String, @Nullable String>();
        for (var entry : given.entrySet()) {
            if (!entry.getKey().equals(FILE_SIZE)) {
                changes.put(entry.getKey(), DiskSettings.read(entry.getKey(), entry.getValue()));
            }
        }
        return changes;
    }

    /** A slot names one item, and an NQN one door. */
    private void refuseTwins(Disk disk) throws ConsoleError {
        if (disk.slot().equals(Device.POOL)) throw Refusal.of(Refusal.ENTRY_EXISTS);
        for (var other : device.disks()) {
            if (other.id() == disk.id()) continue;
            if (other.slot().equals(disk.slot())) throw Refusal.of(Refusal.ENTRY_EXISTS);
            if (disk.exported() && other.exported() && other.nqn().equals(disk.nqn()))
                throw Refusal.of(Refusal.NQN_IN_USE);
        }
    }

    /** The name of the file that this new disk is to have. A file that is there already is taken over as it is. */
    private String backing(Disk disk, Map<String, Value> given) throws ConsoleError {
        var path = disk.settings().get(FILE_PATH);
        if (path == null || !path.startsWith("/") || !FileTree.isName(disk.fileName()))
            throw Refusal.invalid(FILE_PATH);
        var name = disk.fileName();
        int slash = name.lastIndexOf('/');
        if (slash < 0 || !device.files().isDirectory(name.substring(0, slash))) throw Refusal.of(Refusal.NO_DIRECTORY);
        if (device.files().isDirectory(name)) throw Refusal.of(Refusal.NOT_A_FILE);
        if (device.subvolumes().isReadOnly(name)) throw Refusal.of(Refusal.READ_ONLY);
        if (device.files().find(name) == null && !given.containsKey(FILE_SIZE)) throw Refusal.missing(FILE_SIZE);
        return name;
    }

    private void extend(String slot, String name, Map<String, Value> given) throws ConsoleError {
        var asked = given.get(FILE_SIZE);
        if (asked == null) return;
        long bytes = traits.rounded(slot, Sizes.parse(FILE_SIZE, asked));
        var file = device.files().find(name);
        if (bytes - (file == null ? 0 : file.bytes()) > device.freeBytes()) throw Refusal.of(Refusal.NO_SPACE);
        try {
            device.files().extend(name, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
