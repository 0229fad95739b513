package io.srvlab.rdscsi.nvme;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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

    private static final String DELETE = "delete_controller";

    private final Path classes;
    private final Path devices;
    private final Path dev;
    /** The processes that hang in a deletion, by controller and its NQN. */
    private final Map<String, Process> deletions = new ConcurrentHashMap<>();

    /**
     * @param sys usually {@code /sys}
     * @param dev usually {@code /dev}
     */
    public NvmeSysfs(Path sys, Path dev) {
        this.classes = sys.resolve("class");
        this.devices = sys.resolve("dev/block");
        this.dev = dev;
    }

    /** The controllers whose subsystem NQN {@code wanted} takes; none if the kernel has no NVMe at all. */
    public List<Controller> controllers(Predicate<String> wanted) throws IOException {
        var found = new ArrayList<Controller>();
        for (var directory : children(classes.resolve("nvme"), CONTROLLER)) {
            controller(directory, wanted).ifPresent(found::add);
        }
        return found;
    }

    /** The controllers through which {@code disk} is reached; none if it is gone. Reads what is beside it only. */
    public List<Controller> controllers(Disk disk) throws IOException {
        var parent = parent(disk.number());
        if (parent.isEmpty()) return List.of();
        var found = new ArrayList<Controller>();
        if (CONTROLLER.matcher(parent.get().getFileName().toString()).matches()) {
            controller(parent.get(), _ -> true).ifPresent(found::add);
        } else {
            for (var directory : children(parent.get(), CONTROLLER)) {
                controller(directory, _ -> true).ifPresent(found::add);
            }
        }
        return found;
    }

    /** Of one that is not wanted nothing is read but its NQN: what ails it is no error of ours. */
    private static Optional<Controller> controller(Path directory, Predicate<String> wanted) throws IOException {
        var nqn = attribute(directory, "subsysnqn");
        if (nqn.isEmpty() || !wanted.test(nqn.get())) return Optional.empty();
        var state = attribute(directory, "state");
        if (state.isEmpty()) return Optional.empty(); // went away between the two
        return Optional.of(new Controller(directory.getFileName().toString(), nqn.get(), state.get(), directory));
    }

    /** The disk of that {@code major:minor}, if it is one whose subsystem's NQN {@code wanted} takes. Reads of no other. */
    public Optional<Disk> disk(String number, Predicate<String> wanted) throws IOException {
        var parent = parent(number);
        if (parent.isEmpty()
                || attribute(parent.get(), "subsysnqn").filter(wanted).isEmpty()) return Optional.empty();
        var found = new TreeMap<String, Disk>();
        collect(parent.get(), found);
        return Optional.ofNullable(found.get(number));
    }

    /** The subsystem's or the controller's directory in which the device of that number lies; nothing if there is none. */
    private Optional<Path> parent(String number) throws IOException {
        try {
            return Optional.ofNullable(devices.resolve(number).toRealPath().getParent());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
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
     * Has the kernel end the controller's session and remove it. That is asked for in a process of its own, since the
     * kernel may not answer for ever (6.1, after a reconnect that was refused): then the process is left to it after
     * {@code limit}, and this one lives on. Nothing is done if the controller is gone, or its name has come to mean
     * another subsystem's.
     *
     * @return whether the kernel answered; what became of the controller is to be looked at
     */
    public boolean delete(Controller controller, Duration limit) throws IOException {
        var key = controller.directory() + " " + controller.subsystem();
        var process = deletions.get(key);
        if (process == null) process = deletion(controller);
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                deletions.put(key, process); // so that the next call waits for it, and starts no second one
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + controller + " was being deleted", e);
        }
        deletions.remove(key);
        // A controller that somebody else is deleting answers ENODEV; whether it goes is for the caller to see.
        if (process.exitValue() != 0 && Files.exists(controller.directory().resolve(DELETE))) {
            throw new IOException(controller + " could not be deleted: "
                    + new String(process.getErrorStream().readNBytes(500), StandardCharsets.UTF_8).strip());
        }
        return true;
    }

    /**
     * The attribute is opened before the NQN is read again: the open file belongs to this controller, not to whoever has its
     * name next.
     */
    private static Process deletion(Controller controller) throws IOException {
        var script = "[ -e \"$1/" + DELETE + "\" ] || exit 0; exec 3>\"$1/" + DELETE + "\" || exit 1;"
                + " read -r nqn <\"$1/subsysnqn\"; [ \"$nqn\" = \"$2\" ] || exit 0; printf 1 >&3";
        var builder = new ProcessBuilder(
                "/bin/sh", "-c", script, "sh", controller.directory().toString(), controller.subsystem());
        builder.environment().clear();
        return builder.redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Has the kernel ask the target for its namespaces and their sizes again; returns before it has. */
    public void rescan(Controller controller) throws IOException {
        write(controller, "rescan_controller", "1");
    }

    /** For how many seconds a lost session is to be tried again; -1: for ever. */
    public void setLossTimeout(Controller controller, int seconds) throws IOException {
        write(controller, "ctrl_loss_tmo", Integer.toString(seconds));
    }

    /** What {@link #setLossTimeout} sets; nothing if it is for ever, or the controller is gone. */
    public OptionalInt lossTimeout(Controller controller) throws IOException {
        var text = attribute(controller.directory(), "ctrl_loss_tmo");
        return text.isEmpty() || text.get().equals("off")
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(text.get()));
    }

    private static void write(Controller controller, String attribute, String value) throws IOException {
        var file = controller.directory().resolve(attribute);
        try (var open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            open.write(ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchFileException e) {
            // gone: then there is nothing to tell it
        }
    }

    /** A limit of the disk's request queue, by the name of its attribute; nothing if this kernel does not tell. */
    public OptionalLong queueLimit(Disk disk, String name) throws IOException {
        var queue = devices.resolve(disk.number()).resolve("queue");
        var text = attribute(queue, name);
        return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
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
