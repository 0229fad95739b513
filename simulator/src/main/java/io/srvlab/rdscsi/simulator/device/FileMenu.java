package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /file}: directories and files of the pool, without those whose names begin with a dot. */
final class FileMenu implements Menu {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final List<Property> PROPERTIES = List.of(
            new Property("name", true, true),
            new Property("type", true, true),
            new Property("size", false, false),
            new Property("last-modified", false, false),
            new Property("contents", false, false));
    /** What {@code contents} reads at most. */
    private static final int CONTENTS_BYTES = 60_000;

    private final Device device;

    FileMenu(Device device) {
        this.device = device;
    }

    @Override
    public List<Property> properties() {
        return PROPERTIES;
    }

    @Override
    public Look look(String property) {
        return Look.BARE;
    }

    @Override
    public Layout layout() {
        return Layout.NARROW;
    }

    @Override
    public List<Item> items() {
        synchronized (device) {
            return device.files().all().stream()
                    .filter(f -> !f.hidden())
                    .map(f -> new Item(new Value.Id(f.id()), row(f)))
                    .toList();
        }
    }

    /** Makes a directory, and nothing else: files come with disks. */
    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        if (!(given.get("name") instanceof Value.Text(var name))) throw Refusal.missing("name");
        if (!(given.get("type") instanceof Value.Text(var type))) throw Refusal.missing("type");
        if (!type.equals("directory")) throw Refusal.noneOf("type");
        if (!FileTree.isName(name)) throw Refusal.invalid("name");
        synchronized (device) {
            int slash = name.lastIndexOf('/');
            if (slash < 0 || !device.files().isDirectory(name.substring(0, slash)))
                throw Refusal.of(Refusal.NO_DIRECTORY);
            if (device.files().find(name) != null) throw Refusal.of(Refusal.ENTRY_EXISTS);
            try {
                var made = device.files().makeDirectory(name);
                device.commit(device.disks());
                return new Value.Id(made.id());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        throw Refusal.of(Refusal.FIXED);
    }

    @Override
    public void remove(Value.Id item) throws ConsoleError {
        synchronized (device) {
            for (var file : device.files().all()) {
                if (file.id() == item.number()) {
                    remove(file);
                    return;
                }
            }
            throw Refusal.of(Refusal.NO_SUCH_ITEM);
        }
    }

    private void remove(FileTree.Entry file) throws ConsoleError {
        boolean subvolume = device.subvolumes()
                .find(known -> known.directory().equals(file.name()))
                .isPresent();
        if (file.name().equals(Device.POOL) || subvolume) throw Refusal.of(Refusal.NOT_REMOVABLE);
        if (device.subvolumes().isReadOnly(file.name())) throw Refusal.of(Refusal.READ_ONLY);
        if (!device.files().isEmpty(file)) throw Refusal.of(Refusal.NOT_EMPTY);
        if (device.disks().stream().anyMatch(d -> d.fileName().equals(file.name())))
            throw Refusal.of(Refusal.FILE_IN_USE);
        try {
            device.files().remove(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Value> row(FileTree.Entry file) {
        var row = shown(file);
        if (file.extension().equals(".txt")) row.put("contents", new Value.Text(contents(file)));
        return row;
    }

    private String contents(FileTree.Entry file) {
        try {
            return device.files().beginning(file.name(), CONTENTS_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code contents} would fill the page. */
    @Override
    public int columns() {
        return 4;
    }

    private static Map<String, Value> shown(FileTree.Entry file) {
        var row = new LinkedHashMap<String, Value>();
        row.put("name", new Value.Text(file.name()));
        row.put("type", new Value.Text(file.directory() ? "directory" : (file.extension() + " file").strip()));
        if (!file.directory()) row.put("size", new Value.Text(Sizes.rounded(file.bytes())));
        row.put("last-modified", new Value.Text(local(file.modified())));
        return row;
    }

    static String now() {
        return local(Instant.now());
    }

    /** The router's local time; which zone that is, it does not say. */
    private static String local(Instant time) {
        return LOCAL.format(time.atZone(ZoneId.systemDefault()));
    }
}
