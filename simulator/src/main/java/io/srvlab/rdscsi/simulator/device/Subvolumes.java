package io.srvlab.rdscsi.simulator.device;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The pool's btrfs subvolumes: directories of the file tree that are known here. Guarded by the device. */
final class Subvolumes {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * One subvolume.
     *
     * @param name its path in the pool, {@code Snapshots/x}
     * @param parent the uuid of that of which it is a snapshot; empty if it is none
     * @param created local time, as the router writes it
     */
    record Subvolume(long id, String name, String uuid, String parent, String created, boolean readOnly) {
        /** As {@code /file} names its directory. */
        String directory() {
            return Device.POOL + "/" + name;
        }

        boolean holds(String file) {
            return file.startsWith(directory() + "/");
        }
    }

    private record State(long nextId, List<Subvolume> subvolumes) {}

    private final Path file;
    private State state;

    Subvolumes(Path file) throws IOException {
        this.file = file;
        state = Files.exists(file) ? JSON.readValue(file.toFile(), State.class) : new State(1, List.of());
    }

    List<Subvolume> all() {
        return state.subvolumes();
    }

    Optional<Subvolume> find(Predicate<Subvolume> which) {
        return all().stream().filter(which).findFirst();
    }

    /** Whether this file is in a snapshot, and shares what it holds with another. */
    boolean isShared(String name) {
        return find(subvolume -> !subvolume.parent().isEmpty() && subvolume.holds(name))
                .isPresent();
    }

    boolean isReadOnly(String name) {
        return find(subvolume -> subvolume.readOnly() && subvolume.holds(name)).isPresent();
    }

    long nextId() {
        return state.nextId();
    }

    void add(Subvolume subvolume) throws IOException {
        var next = new ArrayList<>(all());
        next.add(subvolume);
        write(new State(subvolume.id() + 1, next));
    }

    void remove(long id) throws IOException {
        write(new State(
                state.nextId(), all().stream().filter(known -> known.id() != id).toList()));
    }

    private void write(State next) throws IOException {
        var written = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(written, JSON.writeValueAsString(next));
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        state = next;
    }
}
