package io.srvlab.rdscsi.simulator.kernel;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A tree as nvmet shows one, with its rules: what a directory has from the start, what cannot be taken away while it is used,
 * in which order things can be set. drivers/nvme/target/configfs.c and fs/configfs/dir.c.
 */
final class MadeUpConfigfs implements Configfs {
    static final Path ROOT = Path.of("/config");
    private static final Path NVMET = ROOT.resolve("nvmet");

    /** A process that was killed before or after a step. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private enum Kind {
        DIRECTORY,
        MADE,
        ATTRIBUTE,
        LINK
    }

    private record Entry(Kind kind, String value) {}

    private final SortedMap<Path, Entry> entries = new TreeMap<>();
    private final List<String> steps = new ArrayList<>();
    private long momentsLeft = Long.MAX_VALUE;

    MadeUpConfigfs() {
        for (var name : List.of("subsystems", "hosts", "ports")) {
            entries.put(NVMET.resolve(name), new Entry(Kind.DIRECTORY, ""));
        }
        entries.put(NVMET, new Entry(Kind.DIRECTORY, ""));
    }

    /** Lets so many moments pass, and then no more: one before each step, and one after it. */
    void killAfter(long moments) {
        momentsLeft = moments;
    }

    /** What was done, such as {@code unlink ports/1/subsystems/nqn}. */
    List<String> steps() {
        return steps;
    }

    /** All that somebody made and set, by path below nvmet. */
    Map<String, String> everything() {
        var all = new HashMap<String, String>();
        entries.forEach((path, entry) -> {
            if (entry.kind() != Kind.DIRECTORY) all.put(NVMET.relativize(path).toString(), entry.value());
        });
        return all;
    }

    String value(String path) {
        return Objects.requireNonNull(entries.get(NVMET.resolve(path)), path).value();
    }

    private void step(String what, Path path) {
        moment();
        steps.add(what + " " + NVMET.relativize(path));
    }

    private void moment() {
        if (momentsLeft-- <= 0) throw new Killed();
    }

    @Override
    public boolean exists(Path path) {
        return entries.containsKey(path);
    }

    @Override
    public List<String> names(Path directory) throws IOException {
        if (!exists(directory)) throw new NoSuchFileException(directory.toString());
        return entries.keySet().stream()
                .filter(path -> directory.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public void make(Path directory) throws IOException {
        step("mkdir", directory);
        if (exists(directory)) throw new FileAlreadyExistsException(directory.toString());
        var parent = NVMET.relativize(Objects.requireNonNull(directory.getParent()));
        if (!exists(NVMET.resolve(parent))) throw new NoSuchFileException(parent.toString());
        entries.put(directory, new Entry(Kind.MADE, ""));
        switch (parent.getFileName().toString()) {
            case "subsystems" -> {
                attributes(directory, "attr_allow_any_host=0", "attr_serial=0123");
                directories(directory, "allowed_hosts", "namespaces");
            }
            case "namespaces" ->
                attributes(directory, "device_path=(null)", "device_uuid=random", "enable=0", "revalidate_size=");
            case "ports" -> {
                attributes(directory, "addr_trtype=", "addr_adrfam=", "addr_traddr=", "addr_trsvcid=");
                directories(directory, "subsystems");
            }
            case "hosts" -> {}
            default -> throw new IOException("Operation not permitted: " + directory);
        }
        moment();
    }

    private void attributes(Path directory, String... values) {
        for (var value : values) {
            var parts = value.split("=", 2);
            entries.put(directory.resolve(parts[0]), new Entry(Kind.ATTRIBUTE, parts[1]));
        }
    }

    private void directories(Path directory, String... names) {
        for (var name : names) entries.put(directory.resolve(name), new Entry(Kind.DIRECTORY, ""));
    }

    @Override
    public void remove(Path directory) throws IOException {
        step("rmdir", directory);
        if (!exists(directory)) throw new NoSuchFileException(directory.toString());
        for (var entry : entries.entrySet()) {
            var isIn = entry.getKey().startsWith(directory) && !entry.getKey().equals(directory);
            var kind = entry.getValue().kind();
            if (isIn && (kind == Kind.MADE || kind == Kind.LINK)) throw new IOException("Directory not empty");
            if (kind == Kind.LINK && entry.getValue().value().equals(directory.toString())) {
                throw new IOException("Device or resource busy");
            }
        }
        entries.keySet().removeIf(path -> path.startsWith(directory));
        moment();
    }

    @Override
    public void set(Path attribute, String value) throws IOException {
        step("set " + value, attribute);
        var name = attribute.getFileName().toString();
        if (!exists(attribute)) throw new NoSuchFileException(attribute.toString());
        switch (name) {
            case "attr_allow_any_host" -> {
                var hosts = attribute.resolveSibling("allowed_hosts");
                if (value.equals("1") && !names(hosts).isEmpty()) throw new IOException("Invalid argument");
            }
            case "device_path", "device_uuid" -> {
                if (isSet(attribute.resolveSibling("enable"))) throw new IOException("Device or resource busy");
            }
            case "enable" -> {
                var file = Path.of(value(NVMET.relativize(attribute.resolveSibling("device_path"))
                        .toString()));
                if (value.equals("1") && !Files.exists(file)) throw new NoSuchFileException(file.toString());
            }
            case "revalidate_size" -> {
                if (!isSet(attribute.resolveSibling("enable"))) throw new IOException("Invalid argument");
            }
            default -> {}
        }
        entries.put(attribute, new Entry(Kind.ATTRIBUTE, value));
        moment();
    }

    private boolean isSet(Path attribute) {
        return "1".equals(Objects.requireNonNull(entries.get(attribute)).value());
    }

    @Override
    public void link(Path link, Path to) throws IOException {
        step("link", link);
        if (exists(link)) throw new FileAlreadyExistsException(link.toString());
        if (!exists(to)) throw new NoSuchFileException(to.toString());
        var list = Objects.requireNonNull(link.getParent());
        if (list.endsWith("allowed_hosts") && isSet(list.resolveSibling("attr_allow_any_host"))) {
            throw new IOException("Invalid argument");
        }
        if (list.endsWith("subsystems")
                && value(NVMET.relativize(list.resolveSibling("addr_trsvcid")).toString())
                        .isEmpty()) {
            throw new IOException("Invalid argument");
        }
        entries.put(link, new Entry(Kind.LINK, to.toString()));
        moment();
    }

    @Override
    public void unlink(Path link) throws IOException {
        step("unlink", link);
        if (entries.remove(link) == null) throw new NoSuchFileException(link.toString());
        moment();
    }
}
