package io.srvlab.rdscsi.node.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The mount table as proc_pid_mountinfo(5) reads, every line split and every field kept: what the real one is held against. */
record PlainMountTable(List<MountEntry> entries) {
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    static PlainMountTable parse(String mountinfo) {
        var lines = new ArrayList<>(List.of(mountinfo.split("\n", -1)));
        if (lines.getLast().isEmpty()) lines.removeLast();
        return new PlainMountTable(lines.stream().map(PlainMountTable::entry).toList());
    }

    private static MountEntry entry(String line) {
        var fields = List.of(line.split(" ", -1));
        var separator = fields.indexOf("-");
        if (separator < 6 || fields.size() < separator + 4) throw new IllegalArgumentException(line);
        return new MountEntry(
                number(fields.get(0)),
                number(fields.get(1)),
                DeviceNumber.parse(fields.get(2)),
                plain(fields.get(3)),
                plain(fields.get(4)),
                List.of(fields.get(5).split(",")),
                plain(fields.get(separator + 1)),
                plain(fields.get(separator + 2)),
                List.of(fields.get(separator + 3).split(",")),
                fields.subList(6, separator).stream().anyMatch(field -> field.startsWith("shared:")));
    }

    private static int number(String text) {
        if (!text.matches("[0-9]+")) throw new IllegalArgumentException(text);
        return Integer.parseInt(text);
    }

    private static String plain(String written) {
        // A byte each, as the kernel escapes them.
        var bytes = new String(written.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        var meant = ESCAPE.matcher(bytes)
                .replaceAll(found ->
                        Matcher.quoteReplacement(String.valueOf((char) (Integer.parseInt(found.group(1), 8) & 0xff))));
        return new String(meant.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** The lowest first: each but the lowest has the one beneath it as its parent. */
    List<MountEntry> at(Path place) {
        var here = entries.stream()
                .filter(entry -> entry.mountPoint().equals(place.toString()))
                .toList();
        var stacked = new ArrayList<MountEntry>();
        for (var left = here.size(); left > 0; left--) {
            var under = stacked.isEmpty() ? null : stacked.getLast();
            here.stream()
                    .filter(entry -> under == null
                            ? here.stream().noneMatch(other -> other.id() == entry.parent())
                            : entry.parent() == under.id())
                    .forEach(stacked::add);
        }
        return stacked;
    }

    List<MountEntry> of(DeviceNumber device) throws IOException {
        var found = new ArrayList<MountEntry>();
        for (var entry : entries) {
            if (entry.carrier().equals(device)) found.add(entry);
        }
        return found;
    }

    /** A table as a kernel could write it: odd names, many mounts of a device, mounts on top of each other, in any order. */
    static String random(Random random) {
        var lines = new ArrayList<String>();
        for (var place :
                Stream.generate(() -> "/" + name(random)).distinct().limit(12).toList()) {
            var parent = 0;
            for (var height = 1 + random.nextInt(3); height > 0; height--) {
                var id = 1000 * (1 + random.nextInt(9)) + lines.size();
                lines.add(line(id, parent, place, random));
                parent = id;
            }
        }
        Collections.shuffle(lines, random);
        return String.join("", lines);
    }

    private static String line(int id, int parent, String place, Random random) {
        var fields = new ArrayList<>(List.of(
                Integer.toString(id),
                Integer.toString(parent),
                random.nextInt(3) + ":" + random.nextInt(3),
                written("/" + name(random)),
                written(place),
                one(random, "rw", "ro", "rw,nodev,relatime")));
        for (var count = random.nextInt(4); count > 0; count--) {
            fields.add(one(random, "shared:7", "master:3", "propagate_from:2", "unbindable"));
        }
        fields.addAll(List.of(
                "-",
                one(random, "ext4", "btrfs", "btrfs.sub", "fuse.x"),
                one(random, "", "-", "none", written("/dev/none/" + name(random))),
                one(random, "rw", "ro,errors=remount-ro", "rw,shutdown")));
        return String.join(" ", fields) + "\n";
    }

    /** Of what a path can hold whatever the locale of this process. */
    private static String name(Random random) {
        return Stream.generate(() -> one(random, "a", "b", " ", "\t", "\n", "\r", "\\", "#", "040", "-"))
                .limit(random.nextInt(5))
                .collect(Collectors.joining());
    }

    private static String one(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    private static String written(String path) {
        return path.chars()
                .mapToObj(c -> " \t\n\\".indexOf(c) < 0 ? Character.toString(c) : "\\%03o".formatted(c))
                .collect(Collectors.joining());
    }

    /** The table with something taken away from it, doubled, or replaced. */
    static String damaged(String table, Random random) {
        var at = random.nextInt(table.length());
        var blank = table.indexOf(' ', at);
        var next = table.indexOf(' ', blank + 1);
        var hasField = blank >= 0 && next >= 0;
        return switch (random.nextInt(5)) {
            case 0 -> table.substring(0, at);
            case 1 -> table.substring(0, at) + one(random, " ", "\n", "-", "x", "7", ":") + table.substring(at + 1);
            case 2 -> hasField ? table.substring(0, blank) + table.substring(next) : table.substring(at);
            case 3 -> hasField ? table.substring(0, next) + table.substring(blank) : table + table.substring(at);
            default -> hasField ? table.substring(0, blank) + " -" + table.substring(next) : "\n" + table;
        };
    }
}
