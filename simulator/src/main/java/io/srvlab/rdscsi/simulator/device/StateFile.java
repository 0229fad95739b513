package io.srvlab.rdscsi.simulator.device;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What outlives the process, beside the files themselves: the whole state in one file, replaced as a whole, and what has
 * changed since then in another, a line a change, so that a change costs the same however many disks there are. What is
 * behind the last line end was never answered. Lines that the whole state has already change nothing in it: they are the
 * way to it.
 */
final class StateFile {
    /** The whole is written anew when the changes have become longer than it, and than this. */
    private static final long CHANGES_BYTES = 1 << 20;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Next ids to give, and the disks in the order in which they were made, which is that of their ids. */
    record State(long nextDisk, long nextFile, List<Disk> disks) {}

    /** From one state to the next: disks made or changed, and ids of those removed. */
    private record Change(long nextDisk, long nextFile, List<Disk> put, List<Long> removed) {}

    private final Path file;
    private final Path changes;
    private @Nullable State written;
    private long changesMax;

    StateFile(Path file) {
        this.file = file;
        this.changes = file.resolveSibling(file.getFileName() + ".changes");
    }

    /** The last state written; null when there never was one. */
    @Nullable
    State read() throws IOException {
        if (!Files.exists(file)) return null;
        var state = JSON.readValue(file.toFile(), State.class);
        var disks = new LinkedHashMap<Long, Disk>();
        state.disks().forEach(disk -> disks.put(disk.id(), disk));
        long nextDisk = state.nextDisk();
        long nextFile = state.nextFile();
        for (var line : wholeLines()) {
            var change = JSON.readValue(line, Change.class);
            change.put().forEach(disk -> disks.put(disk.id(), disk));
            change.removed().forEach(disks::remove);
            nextDisk = change.nextDisk();
            nextFile = change.nextFile();
        }
        return new State(nextDisk, nextFile, List.copyOf(disks.values()));
    }

    /** Returns when the state is on disk. */
    void write(State state) throws IOException {
        var before = written;
        written = null; // after a failure the end of the changes is not known, and the whole is written next
        if (before == null || Files.size(changes) > changesMax) writeWhole(state);
        else append(changes, JSON.writeValueAsString(change(before, state)) + "\n", StandardOpenOption.APPEND);
        written = state;
    }

    private void writeWhole(State state) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        append(next, JSON.writeValueAsString(state), StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        append(changes, "", StandardOpenOption.TRUNCATE_EXISTING);
        changesMax = Math.max(CHANGES_BYTES, Files.size(file));
    }

    private static Change change(State from, State to) {
        var put = new ArrayList<Disk>();
        var removed = new ArrayList<Long>();
        var old = from.disks().iterator();
        var oldDisk = old.hasNext() ? old.next() : null;
        for (var disk : to.disks()) {
            while (oldDisk != null && oldDisk.id() < disk.id()) {
                removed.add(oldDisk.id());
                oldDisk = old.hasNext() ? old.next() : null;
            }
            if (disk != oldDisk) put.add(disk);
            if (oldDisk != null && oldDisk.id() == disk.id()) oldDisk = old.hasNext() ? old.next() : null;
        }
        for (; oldDisk != null; oldDisk = old.hasNext() ? old.next() : null) removed.add(oldDisk.id());
        return new Change(to.nextDisk(), to.nextFile(), put, removed);
    }

    private List<String> wholeLines() throws IOException {
        if (!Files.exists(changes)) return List.of();
        var text = Files.readString(changes);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static void append(Path file, String text, OpenOption how) throws IOException {
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) out.write(bytes);
            out.force(true);
        }
    }
}
