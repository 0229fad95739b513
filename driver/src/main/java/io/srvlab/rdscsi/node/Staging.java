package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.filesystem.MountOptions;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Errno;
import io.srvlab.rdscsi.node.linux.ErrnoException;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.MountEntry;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.node.linux.Openers;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a volume to this node, once for all its pods, and takes it away again. */
final class Staging {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private static final Duration OPENERS_LEAVE = Duration.ofMillis(100);
    private static final int OPENERS_LOOKS = 10;

    private final Transport transport;
    private final Places places;
    private final Formatting formatting;
    private final StagedVolumes staged;
    private final Unmounting unmounting;

    Staging(Transport transport, Places places, Formatting formatting, StagedVolumes staged) {
        this.transport = transport;
        this.places = places;
        this.formatting = formatting;
        this.staged = staged;
        this.unmounting = new Unmounting(transport);
    }

    /** Attaches the volume and, unless it is a raw block volume, mounts it; what is done already is left as it is. */
    void stage(Requests.Stage request, Operation operation) throws IOException {
        var door = request.door();
        var place = places.resolve(request.staging());
        staged.add(new StagedVolumes.Staged(
                request.volume(),
                door.subsystem(),
                request.staging(),
                door.session().loss()));
        var attachment = transport.attach(door, request.access().readOnly(), operation);
        var flaw = transport.flaw(attachment.device());
        flaw.ifPresent(what -> LOG.warn("volume={}: {}", request.volume(), what));
        try {
            refuseNothing(attachment.device(), operation);
            if (request.access() instanceof Access.Mount mount) {
                var wanted = new Formatting.Wanted(mount, request.mkfsOptions(), request.source(), flaw.isPresent());
                mount(attachment.device(), wanted, place, operation);
            }
        } catch (IOException e) {
            throw undone(operation.refused(e), attachment, operation);
        } catch (Failed e) {
            throw undone(e, attachment, operation);
        }
    }

    private static void refuseNothing(BlockDevice device, Operation operation) throws IOException {
        if (device.size() > 0) return;
        throw new Failed(new NodeProblem.DeviceUnreadable(
                operation.volume(), operation.node(), device.toString(), "it says that it has 0 bytes"));
    }

    private void mount(BlockDevice device, Formatting.Wanted wanted, Path place, Operation operation)
            throws IOException {
        var access = wanted.access();
        var staged = MountTable.read().top(place);
        if (staged.isPresent()) {
            refuseOther(staged.get(), device, access, place, operation);
            return;
        }
        refuseFile(place, operation);
        var ready = formatting.ready(device, wanted, operation);
        var options = access.optionsFor(ready.type());
        Files.createDirectories(place);
        if (wanted.source().isPresent() && !access.readOnly()) formatting.renew(device, ready, place, operation);
        operation.step("mounting " + device + " at " + place);
        mountOrSayWhy(device, place, ready.type(), options, operation);
    }

    private static void refuseFile(Path place, Operation operation) throws IOException {
        var there = FileStatus.of(place);
        if (there.isEmpty() || there.get().kind() == FileStatus.Kind.DIRECTORY) return;
        throw new Failed(new NodeProblem.Occupied(
                operation.volume(),
                operation.node(),
                place.toString(),
                "a file of kind " + there.get().kind(),
                "a directory to mount at"));
    }

    private static void mountOrSayWhy(
            BlockDevice device, Path place, FsType type, MountOptions options, Operation operation) throws IOException {
        try {
            Mounting.filesystem(device, place, type.toString(), options.flags(), options.text());
        } catch (ErrnoException e) {
            // How ext4, xfs and btrfs say that what they read cannot be right (EFSCORRUPTED, EFSBADCRC).
            if (!e.is(Errno.EUCLEAN) && !e.is(Errno.EBADMSG)) throw e;
            throw Formatting.needsRepair(type, device, String.valueOf(e.getMessage()), operation);
        }
    }

    private static void refuseOther(
            MountEntry staged, BlockDevice device, Access.Mount access, Path place, Operation operation)
            throws IOException {
        var volume = operation.volume();
        if (!staged.carrier().equals(device.number())) {
            throw new Failed(new NodeProblem.StagedFromElsewhere(
                    volume, operation.node(), place.toString(), staged.toString(), device.toString()));
        }
        if (staged.readOnly() != access.readOnly()) {
            throw new Failed(new NodeProblem.Occupied(
                    volume,
                    operation.node(),
                    place.toString(),
                    writing(staged.readOnly()),
                    writing(access.readOnly())));
        }
    }

    private static String writing(boolean readOnly) {
        return readOnly ? "a read-only mount" : "a writable mount";
    }

    /** Takes away what this call attached, and nothing that was there before it. */
    private Failed undone(Failed failed, Transport.Attachment attachment, Operation operation) {
        if (!attachment.fresh()) return failed;
        try {
            transport.detach(operation);
            staged.remove(operation.volume());
            return failed;
        } catch (IOException | Failed e) {
            var problem = failed.problem() instanceof NodeProblem ours
                    ? ours
                    : new NodeProblem.KernelRefused(
                            operation.volume(),
                            operation.node(),
                            operation.step(),
                            failed.problem().sentence());
            return new Failed(new NodeProblem.NotUndone(problem, String.valueOf(e.getMessage())), failed);
        }
    }

    /** Unmounts the staging path and detaches every device of the volume; OK only when the kernel shows none. */
    void unstage(Requests.Unstage request, Operation operation) throws IOException {
        var place = places.resolve(request.staging());
        var devices = transport.devices(operation.volume());
        var table = MountTable.read();
        for (var device : devices) {
            for (var entry : table.of(device.number())) {
                if (!entry.mountPoint().equals(place.toString())) {
                    throw inUse(device + " is still mounted at " + entry.mountPoint(), operation);
                }
            }
        }
        unmounting.from(place, operation);
        for (var device : devices) {
            refuseOpen(device, operation);
            flush(device, operation);
        }
        transport.detach(operation);
        BlockTargets.in(place).remove();
        staged.remove(operation.volume());
    }

    /** An open device keeps nobody from disconnecting it, and whoever has it open would find out by losing what he wrote. */
    private static void refuseOpen(BlockDevice device, Operation operation) throws IOException {
        operation.step("looking who has " + device + " open");
        for (var looks = 1; ; looks++) { // udev has a look at a device, too, and goes
            var openers = Openers.of(device.number());
            if (openers.isEmpty()) return;
            if (looks == OPENERS_LOOKS || !operation.mayLookAgain(OPENERS_LEAVE)) {
                throw inUse(device + " is open: " + String.join(", ", openers), operation);
            }
        }
    }

    /**
     * Has what was written reach the medium, and sees that nothing holds the device any more: neither a device on top of
     * it nor a mount in another mount namespace, which no mount table of ours shows but an exclusive open does (open(2),
     * O_EXCL).
     */
    private static void flush(BlockDevice device, Operation operation) throws IOException {
        operation.step("flushing " + device);
        try (var open = device.open(BlockDevice.Mode.EXCLUSIVE)) {
            open.flush();
        } catch (ErrnoException e) {
            if (e.is(Errno.EBUSY)) throw inUse(device + " is held by a mount or a device on top of it", operation);
            // The device is dead, and what had not been written is lost whether it is detached or not.
            LOG.warn("volume={} could not be flushed: {}", operation.volume(), e.getMessage());
        }
    }

    private static Failed inUse(String what, Operation operation) {
        return new Failed(new NodeProblem.InUse(operation.volume(), operation.node(), what));
    }
}
