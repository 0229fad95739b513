package io.srvlab.rdscsi.nvme;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the kernel knows of NVMe now. Nothing is remembered between two calls: names and numbers are given out again,
 * and a remembered one has led others to the wrong disk. What cannot be read is an error, never "not there"; only what
 * vanishes while it is being read is not there.
 */
public final class NvmeSysfs {
    /** A disk's directory; {@code nvme0c0n1}, one path of a multipath disk, has no node and does not match. */
    private static final Pattern DISK = Pattern.compile("nvme[0-9]+n[0-9]+");

    private static final Pattern SUBSYSTEM = Pattern.compile("nvme-subsys[0-9]+");
    private static final Pattern CONTROLLER = Pattern.compile("nvme[0-9]+");

    private final Path classes;
    private final Path dev;

    /**
     * @param sys usually {@code /sys}
     * @param dev usually {@code /dev}
     */
    public NvmeSysfs(Path sys, Path dev) {
        this.classes = sys.resolve("class");
        this.dev = dev;
    }

    /** The controllers whose subsystem NQN {@code wanted} takes; none if the kernel has no NVMe at all. */
    public List<Controller> controllers(Predicate<String> wanted) throws IOException {
        var found = new ArrayList<Controller>();
        for (var directory : children(classes.resolve("nvme"), CONTROLLER)) {
            var nqn = attribute(directory, "subsysnqn");
            if (nqn.isEmpty() || !wanted.test(nqn.get())) continue;
            var state = attribute(directory, "state");
            if (state.isEmpty()) continue; // went away between the two
            found.add(new Controller(directory.getFileName().toString(), nqn.get(), state.get(), directory));
        }
        return found;
    }

    /**
     * The disks of the subsystems whose NQN {@code wanted} takes. With multipath they lie under the subsystem and are
     * shared by its controllers; without, each lies under its controller.
     */
    public List<Disk> disks(Predicate<String> wanted) throws IOException {
        var found = new TreeMap<String, Disk>();
        for (var subsystem : children(classes.resolve("nvme-subsystem"), SUBSYSTEM)) {
            if (attribute(subsystem, "subsysnqn").filter(wanted).isPresent()) collect(subsystem, found);
        }
        for (var controller : controllers(wanted)) collect(controller.directory(), found);
        return List.copyOf(found.values());
    }

    /**
     * Has the kernel end the controller's session and remove it; returns when it has. Nothing is done if the controller
     * is gone, or its name has come to mean another subsystem's.
     */
    public void delete(Controller controller) throws IOException {
        // Opened before the NQN is read again: the open file belongs to this controller, not to whoever has its name
        // next.
        try (var file =
                FileChannel.open(controller.directory().resolve("delete_controller"), StandardOpenOption.WRITE)) {
            if (attribute(controller.directory(), "subsysnqn")
                    .filter(controller.subsystem()::equals)
                    .isEmpty()) return;
            file.write(ByteBuffer.wrap("1".getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchFileException e) {
            return; // gone before it could be opened
        } catch (IOException e) {
            // A controller that somebody else is deleting answers ENODEV; whether it goes is for the caller to see.
            if (Files.exists(controller.directory().resolve("delete_controller"))) throw e;
        }
    }

    private void collect(Path parent, Map<String, Disk> found) throws IOException {
        for (var directory : children(parent, DISK)) {
            var name = directory.getFileName().toString();
            var number = attribute(directory, "dev");
            if (number.isPresent()) found.put(number.get(), new Disk(dev.resolve(name), number.get()));
        }
    }

    private static List<Path> children(Path directory, Pattern name) throws IOException {
        try (var entries = Files.newDirectoryStream(
                directory, entry -> name.matcher(entry.getFileName().toString()).matches())) {
            var found = new ArrayList<Path>();
            entries.forEach(found::add);
            return found;
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static Optional<String> attribute(Path directory, String name) throws IOException {
        var file = directory.resolve(name);
        try {
            return Optional.of(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.notExists(file)) return Optional.empty(); // removed while it was read: ENODEV (kernfs)
            throw e;
        }
    }
}
