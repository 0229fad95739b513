package io.srvlab.rdscsi.simulator.device;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of the pool. They really lie under one directory, backing files as sparse files of their full size; that
 * directory is the truth, read once when opened, and names, ids and sizes are remembered beside it. Names have no leading
 * slash. Guarded by the device.
 */
final class FileTree {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[!-~ ]{1,255}");

    /** A directory or a file; a directory's size is 0. */
    record Entry(long id, String name, boolean directory, long bytes, Instant modified) {
        boolean hidden() {
            return name.startsWith(".") || name.contains("/.");
        }

        /** With its dot; empty where there is none. */
        String extension() {
            int dot = name.lastIndexOf('.');
            return dot > name.lastIndexOf('/') ? name.substring(dot) : "";
        }

        boolean isIn(String directory) {
            return name.startsWith(directory + "/");
        }
    }

    private final Path root;
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    private final Predicate<String> isShared;
    private long nextId;
    private long usedBytes;
    private long changes;

    /** The tree under {@code root}, which exists. What {@code isShared} takes no room of its own. Ids start at {@code nextId}, so that an id of an earlier run never names another file. */
    FileTree(Path root, long nextId, Predicate<String> isShared) throws IOException {
        this.root = root;
        this.nextId = nextId;
        this.isShared = isShared;
        List<Path> found;
        try (var all = Files.walk(root)) {
            found = all.skip(1).sorted().toList();
        }
        for (var path : found) {
            long bytes = Files.isDirectory(path) ? 0 : Files.size(path);
            remember(root.relativize(path).toString(), Files.isDirectory(path), bytes);
        }
    }

    /** Whether this can name a file: parts that are neither empty nor dots, printable ASCII. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches()
                && List.of(name.split("/", -1)).stream().noneMatch(p -> p.isEmpty() || p.equals(".") || p.equals(".."));
    }

    @Nullable
    Entry find(String name) {
        return entries.get(name);
    }

    Collection<Entry> all() {
        return entries.values();
    }

    long nextId() {
        return nextId;
    }

    /** How often anything here has changed; the same number means the same files. */
    long changes() {
        return changes;
    }

    /** The sum of the full sizes: backing files are allocated thick on the appliance. */
    long usedBytes() {
        return usedBytes;
    }

    Path onDisk(String name) {
        return root.resolve(name).toAbsolutePath();
    }

    boolean isDirectory(String name) {
        var entry = entries.get(name);
        return entry != null && entry.directory();
    }

    boolean isEmpty(Entry directory) {
        return entries.values().stream().noneMatch(e -> e.isIn(directory.name()));
    }

    Entry makeDirectory(String name) throws IOException {
        Files.createDirectory(root.resolve(name));
        return remember(name, true, 0);
    }

    /** A file of at least this size: made if it is not there, grown if it is smaller. What is in it stays. */
    void extend(String name, long bytes) throws IOException {
        var before = entries.get(name);
        if (before != null && before.bytes() >= bytes) return;
        try (var file = new RandomAccessFile(root.resolve(name).toFile(), "rw")) {
            file.setLength(bytes);
        }
        if (before == null) {
            remember(name, false, bytes);
        } else {
            changes++;
            var now = new Entry(before.id(), name, false, bytes, Instant.now());
            usedBytes += ownBytes(now) - ownBytes(before);
            entries.put(name, now);
        }
    }

    private long ownBytes(Entry entry) {
        return isShared.test(entry.name()) ? 0 : entry.bytes();
    }

    /** A directory with all that is in another, or empty. */
    void makeDirectory(String name, @Nullable String like) throws IOException {
        makeDirectory(name);
        if (like == null) return;
        var inside = entries.values().stream().filter(entry -> entry.isIn(like)).toList();
        for (var entry : inside) {
            var copy = name + entry.name().substring(like.length());
            if (entry.directory()) {
                makeDirectory(copy);
                continue;
            }
            extend(copy, entry.bytes());
            for (long at = 0; at < entry.bytes(); at += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, entry.bytes() - at);
                copy(onDisk(entry.name()), at, onDisk(copy), at, length);
            }
        }
    }

    /** A directory with all that is in it. */
    void removeDirectory(String name) throws IOException {
        var gone = entries.values().stream()
                .filter(entry -> entry.name().equals(name) || entry.isIn(name))
                .toList();
        for (var entry : gone.reversed()) remove(entry);
    }

    /** Copies bytes of one file into another; what is zero on both sides is not written, so that a sparse file stays one. */
    static void copy(Path from, long fromAt, Path to, long toAt, int length) throws IOException {
        try (var in = new RandomAccessFile(from.toFile(), "r");
                var out = new RandomAccessFile(existing(to).toFile(), "rw")) {
            var bytes = new byte[length];
            in.seek(fromAt);
            in.readFully(bytes);
            var there = new byte[length];
            out.seek(toAt);
            out.readFully(there);
            if (Arrays.equals(bytes, there)) return;
            out.seek(toAt);
            out.write(bytes);
        }
    }

    private static Path existing(Path file) throws IOException {
        if (!Files.exists(file)) throw new NoSuchFileException(file.toString());
        return file;
    }

    /** Replaces what is in a file; made if it is not there. */
    void write(String name, String text) throws IOException {
        var before = entries.get(name);
        Files.writeString(root.resolve(name), text);
        if (before == null) {
            remember(name, false, text.length());
        } else {
            changes++;
            usedBytes += text.length() - before.bytes();
            entries.put(name, new Entry(before.id(), name, false, text.length(), Instant.now()));
        }
    }

    /** The first bytes of a file, as text of one byte a character. */
    String beginning(String name, int most) throws IOException {
        try (var in = Files.newInputStream(root.resolve(name))) {
            return new String(in.readNBytes(most), StandardCharsets.ISO_8859_1);
        }
    }

    void remove(Entry entry) throws IOException {
        Files.delete(root.resolve(entry.name()));
        entries.remove(entry.name());
        changes++;
        usedBytes -= ownBytes(entry);
    }

    private Entry remember(String name, boolean directory, long bytes) throws IOException {
        var modified = Files.getLastModifiedTime(root.resolve(name)).toInstant();
        var entry = new Entry(nextId++, name, directory, bytes, modified);
        entries.put(name, entry);
        changes++;
        usedBytes += ownBytes(entry);
        return entry;
    }
}
