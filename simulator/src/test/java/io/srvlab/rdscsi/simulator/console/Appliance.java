package io.srvlab.rdscsi.simulator.console;

import static io.srvlab.rdscsi.simulator.console.Shelf.readOnly;
import static io.srvlab.rdscsi.simulator.console.Shelf.required;
import static io.srvlab.rdscsi.simulator.console.Shelf.writable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A console over a few menus as the tests want them. */
final class Appliance {
    private Appliance() {}

    static Value text(String text) {
        return new Value.Text(text);
    }

    static Value number(long number) {
        return new Value.Num(number);
    }

    static Value flag(boolean flag) {
        return new Value.Bool(flag);
    }

    /** A disk menu without disks. */
    static Shelf disks() {
        return new Shelf(
                        "Flags: X - disabled",
                        required("type"),
                        writable("slot"),
                        readOnly("size"),
                        writable("file-path"),
                        writable("file-size"),
                        writable("nvme-tcp-export"),
                        writable("nvme-tcp-server-port"),
                        writable("nvme-tcp-server-nqn"),
                        writable("comment"))
                .look(Menu.Look.BARE, "type", "file-path", "file-size")
                .look(Menu.Look.GROUPED, "size");
    }

    /** Three disks: {@code *1} a pool, {@code *2} {@code a} with a comment, {@code *3} {@code b} without. */
    static Shelf threeDisks() {
        return disks().with("type", text("raid"), "slot", text("pool"), "size", number(5000))
                .with("type", text("file"), "slot", text("a"), "size", number(1000), "comment", text("held"))
                .with("type", text("file"), "slot", text("b"), "size", number(2000), "nvme-tcp-export", flag(true))
                .verb("monitor-traffic", (on, given) -> sample("disk-monitor-traffic-once.txt"));
    }

    static Console console(Shelf disks) {
        return console(disks, Host.PLAIN);
    }

    static Console console(Shelf disks, Host host) {
        return new Console(
                Map.of("disk", disks, "system/resource", resource(), "disk/btrfs/subvolume", subvolumes()), host);
    }

    private static Shelf subvolumes() {
        return new Shelf("", writable("name")).with("name", text("s"));
    }

    private static Shelf resource() {
        return new Shelf("", readOnly("uptime"), readOnly("version")) {
            @Override
            public boolean single() {
                return true;
            }
        }.with("uptime", new Value.Time(java.time.Duration.ofSeconds(788_645)), "version", text("7.21 (stable)"));
    }

    static String sample(String name) {
        try (InputStream in = Appliance.class.getResourceAsStream("/routeros-samples/" + name)) {
            if (in == null) throw new IllegalArgumentException("no sample " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the disks that are there. */
    static List<String> slots(Shelf disks) {
        return disks.items().stream()
                .map(item -> Values.text(item.values().getOrDefault("slot", Values.NOTHING)))
                .toList();
    }
}
