package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A device of 1 GiB, spoken to through its menus alone. */
final class Bench {
    static final long POOL_BYTES = 1L << 30;

    final Path state;
    final Device device;
    final Menu disk;
    final Menu file;

    Bench(Path state) throws IOException {
        this(state, 0);
    }

    Bench(Path state, int preVolumes) throws IOException {
        this.state = state;
        device = new Device(state, new Device.Make(PoolFilesystem.BTRFS, POOL_BYTES, preVolumes, "7.21.2 (stable)"));
        disk = menu("disk");
        file = menu("file");
    }

    Menu menu(String path) {
        return Objects.requireNonNull(device.menus().get(path), path);
    }

    /** Properties by {@code name=value}: {@code yes} and {@code no} are flags, digits are numbers, all else is text. */
    static Map<String, Value> given(String... pairs) {
        var given = new LinkedHashMap<String, Value>();
        for (var pair : pairs) {
            var text = pair.substring(pair.indexOf('=') + 1);
            var value = switch (text) {
                case "yes", "no" -> new Value.Bool(text.equals("yes"));
                case String digits when digits.matches("[0-9]+") -> new Value.Num(Long.parseLong(digits));
                default -> new Value.Text(text);
            };
            given.put(pair.substring(0, pair.indexOf('=')), value);
        }
        return given;
    }

    /** A disk of 1 MiB unless said otherwise, in the base directory. */
    Value.Id add(String slot, String... more) throws ConsoleError {
        var all = given(
                "type=file", "slot=" + slot, "file-path=" + Device.BASE_PATH + "/" + slot + ".img", "file-size=1M");
        all.putAll(given(more));
        return disk.add(all);
    }

    Map<String, Value> shown(String slot) {
        return row(disk, "slot", slot);
    }

    long free() {
        return shown(Device.POOL).get("free") instanceof Value.Num(long free) ? free : -1;
    }

    List<String> fileNames() {
        return file.items().stream().map(i -> text(i.values().get("name"))).toList();
    }

    Value.Id fileId(String name) {
        return file.items().stream()
                .filter(i -> text(i.values().get("name")).equals(name))
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** The file that this slot's disk has under the directory of the state. */
    Path backing(String slot) {
        return state.resolve("files" + Device.BASE_PATH + "/" + slot + ".img").toAbsolutePath();
    }

    /** Names of the doors that are open. */
    List<String> doors() throws IOException {
        try (var links = Files.list(device.exports())) {
            return List.copyOf(
                    new TreeSet<>(links.map(l -> l.getFileName().toString()).toList()));
        }
    }

    static Map<String, Value> row(Menu menu, String property, String text) {
        return menu.items().stream()
                .map(Menu.Item::values)
                .filter(v -> v.get(property) instanceof Value.Text(var t) && t.equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no item with " + property + "=" + text));
    }

    private static String text(@Nullable Value value) {
        return value instanceof Value.Text(var text) ? text : String.valueOf(value);
    }
}
