package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import io.srvlab.rdscsi.simulator.device.Subvolumes.Subvolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * {@code /disk/btrfs/subvolume}: {@code add fs= name=} makes an empty one, with {@code parent=} a snapshot of that one, in one
 * step for all who write to it.
 */
record SubvolumeMenu(Device device) implements Menu {
    @Override
    public List<Property> properties() {
        return Stream.of("fs", "name", "parent", "read-only", "fullname", "uuid", "creation-time", "snapshot", "dead")
                .map(name -> new Property(
                        name, List.of("fs", "name", "parent", "read-only").contains(name), isRequired(name)))
                .toList();
    }

    private static boolean isRequired(String name) {
        return name.equals("fs") || name.equals("name");
    }

    @Override
    public List<Item> items() {
        synchronized (device) {
            return device.subvolumes().all().stream().map(this::item).toList();
        }
    }

    private Item item(Subvolume subvolume) {
        var row = new LinkedHashMap<String, Value>();
        row.put("fs", new Value.Text(Device.POOL));
        row.put("name", new Value.Text(subvolume.name()));
        row.put("parent", new Value.Text(parentName(subvolume)));
        row.put("read-only", new Value.Bool(subvolume.readOnly()));
        row.put("fullname", new Value.Text("/" + subvolume.directory()));
        row.put("uuid", new Value.Text(subvolume.uuid()));
        row.put("creation-time", new Value.Text(subvolume.created()));
        row.put("snapshot", new Value.Bool(!subvolume.parent().isEmpty()));
        row.put("dead", new Value.Bool(false));
        return new Item(new Value.Id(subvolume.id()), row);
    }

    private String parentName(Subvolume of) {
        return device.subvolumes()
                .find(other -> other.uuid().equals(of.parent()))
                .map(Subvolume::name)
                .orElse("");
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        synchronized (device) {
            if (!text("fs", given).equals(Device.POOL)) throw Refusal.noneOf("fs");
            var name = text("name", given);
            var parent = given.containsKey("parent") ? parent(text("parent", given)) : null;
            var made = new Subvolume(
                    device.subvolumes().nextId(),
                    name,
                    UUID.randomUUID().toString(),
                    parent == null ? "" : parent.uuid(),
                    FileMenu.now(),
                    given.getOrDefault("read-only", new Value.Bool(false)).equals(new Value.Bool(true)));
            mustBeFree(made);
            try {
                device.make(made, parent);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Value.Id(made.id());
        }
    }

    private void mustBeFree(Subvolume made) throws ConsoleError {
        var directory = made.directory();
        if (!FileTree.isName(directory)) throw Refusal.invalid("name");
        if (device.files().find(directory) != null) throw Refusal.of(Refusal.ENTRY_EXISTS);
        var around = directory.substring(0, directory.lastIndexOf('/'));
        if (!device.files().isDirectory(around)) throw Refusal.of(Refusal.NO_DIRECTORY);
    }

    private Subvolume parent(String name) throws ConsoleError {
        return device.subvolumes()
                .find(known -> known.name().equals(name) || known.uuid().equals(name))
                .orElseThrow(() -> Refusal.noneOf("parent"));
    }

    private static String text(String name, Map<String, Value> given) throws ConsoleError {
        if (given.get(name) instanceof Value.Text(var text)) return text;
        throw Refusal.invalid(name);
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        throw Refusal.of(Refusal.FIXED);
    }

    /** With all files in it; not while a disk has one of them. */
    @Override
    public void remove(Value.Id item) throws ConsoleError {
        synchronized (device) {
            var gone = device.subvolumes()
                    .find(known -> known.id() == item.number())
                    .orElseThrow(() -> Refusal.of(Refusal.NO_SUCH_ITEM));
            if (device.disks().stream().anyMatch(disk -> gone.holds(disk.fileName())))
                throw Refusal.of(Refusal.FILE_IN_USE);
            try {
                device.remove(gone);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
