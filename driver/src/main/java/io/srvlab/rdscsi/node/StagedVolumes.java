package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which volumes this node was told to stage, a file each, written before anything is connected and removed when nothing
 * is any more. What is attached and mounted is never read from here, but from the kernel: this tells only what is
 * <em>meant</em> to be there, so that a session which nobody wants is known from one that a pod is about to use.
 */
final class StagedVolumes {
    /** No volume id holds a plus. */
    private static final String NEXT = "+next";

    private final Path directory;

    StagedVolumes(Path directory) {
        this.directory = directory;
    }

    /** @param loss the StorageClass' ctrlLossTmo in seconds, if it has one */
    record Staged(VolumeId volume, Nqn subsystem, Path staging, OptionalInt loss) {}

    void add(Staged staged) throws IOException {
        Files.createDirectories(directory);
        var lines = new ArrayList<>(
                List.of(staged.subsystem().text(), staged.staging().toString()));
        staged.loss().ifPresent(seconds -> lines.add(Integer.toString(seconds)));
        var next = next(staged.volume());
        Files.write(next, lines, StandardCharsets.UTF_8);
        Files.move(next, file(staged.volume()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether there is a note of it, be it one that cannot be read. */
    boolean contains(VolumeId volume) throws IOException {
        return FileStatus.of(file(volume)).isPresent();
    }

    Optional<Staged> find(VolumeId volume) throws IOException {
        try {
            var lines = Files.readAllLines(file(volume), StandardCharsets.UTF_8);
            return Optional.of(new Staged(
                    volume,
                    new Nqn(lines.get(0)),
                    Path.of(lines.get(1)),
                    lines.size() > 2 ? OptionalInt.of(Integer.parseInt(lines.get(2))) : OptionalInt.empty()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(file(volume) + " is damaged: " + e.getMessage(), e);
        }
    }

    void remove(VolumeId volume) throws IOException {
        Files.deleteIfExists(next(volume)); // of a process that died between writing and moving it
        Files.deleteIfExists(file(volume));
    }

    List<Staged> all() throws IOException {
        var found = new ArrayList<Staged>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                var volume = VolumeId.parse(
                        Objects.requireNonNull(file.getFileName()).toString());
                if (volume.isPresent()) {
                    find(volume.get()).ifPresent(found::add);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return found;
    }

    private Path next(VolumeId volume) {
        return directory.resolve(volume.slot() + NEXT);
    }

    private Path file(VolumeId volume) {
        return directory.resolve(volume.slot());
    }
}
