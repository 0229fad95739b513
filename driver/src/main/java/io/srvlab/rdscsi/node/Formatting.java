package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.ContentReader;
import io.srvlab.rdscsi.node.filesystem.DeviceContent;
import io.srvlab.rdscsi.node.filesystem.FormatMark;
import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.filesystem.Mkfs;
import io.srvlab.rdscsi.node.filesystem.XfsUuid;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Errno;
import io.srvlab.rdscsi.node.linux.ErrnoException;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.MkfsOptions;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Sees to it that a device holds a filesystem, and never at the cost of anything that it holds already. */
final class Formatting {
    private final Programs programs;

    Formatting(Programs programs) {
        this.programs = programs;
    }

    /**
     * What a device is to hold.
     *
     * @param options for a filesystem that is made now
     * @param source what the volume was copied from, if it was: then none is made
     * @param zeroesCut the device may report as zeroed what it did not zero
     */
    record Wanted(Access.Mount access, MkfsOptions options, Optional<String> source, boolean zeroesCut) {}

    /** A filesystem that may be mounted. */
    record Ready(FsType type, DeviceContent.Filesystem content) {}

    /**
     * The filesystem on {@code device} that is to be mounted; made now if the device is blank, may be written, and is not
     * the copy of something.
     */
    Ready ready(BlockDevice device, Wanted wanted, Operation operation) throws IOException {
        operation.step("reading what " + device + " holds");
        switch (ContentReader.read(device)) {
            case DeviceContent.Blank _ -> make(device, wanted, false, operation);
            case DeviceContent.Begun begun
            when begun.volume().equals(operation.volume().slot()) -> finish(begun.rest(), device, wanted, operation);
            case DeviceContent.Begun _,
                    DeviceContent.Filesystem _,
                    DeviceContent.Other _,
                    DeviceContent.Unreadable _ -> {} // judged below, with fresh eyes
        }
        return present(device, wanted.access(), operation);
    }

    /**
     * Gives the copy of an xfs filesystem a UUID of its own; the others do not mind, or cannot. What its journal holds is
     * written out by a mount at {@code place} first, which nobody sees.
     */
    void renew(BlockDevice device, Ready ready, Path place, Operation operation) throws IOException {
        var wanted = XfsUuid.of(operation.volume().slot());
        if (ready.type() != FsType.XFS || ready.content().uuid().equals(wanted)) return;
        operation.step("giving the copy on " + device + " a UUID of its own");
        Mounting.filesystem(device, place, "xfs", 0, FsType.XFS.always());
        Mounting.unmountAll(place);
        var program = program(XfsUuid.PROGRAM, FsType.XFS, operation);
        var ended = XfsUuid.set(programs, program, device, operation.volume().slot(), operation.left());
        if (!(ContentReader.read(device) instanceof DeviceContent.Filesystem(var _, var _, var uuid, var _))
                || !uuid.equals(wanted)) {
            throw new IOException(program + " did not set it: " + ended.output());
        }
    }

    /** Goes on where an earlier call was interrupted; nobody has mounted the device since it was blank. */
    private void finish(DeviceContent rest, BlockDevice device, Wanted wanted, Operation operation) throws IOException {
        if (!(rest instanceof DeviceContent.Filesystem)) {
            make(device, wanted, true, operation);
        } else if (!wanted.access().readOnly()) {
            var type = typeOf(rest, device, wanted.access(), operation);
            refuseBroken(type, device, operation);
            mkfs(type, wanted, operation).complete(device);
            FormatMark.clear(device, operation.volume().slot());
        }
    }

    /** The interruption may have come at any time, so what looks whole is looked at once, by the tool of its makers. */
    private void refuseBroken(FsType type, BlockDevice device, Operation operation) throws IOException {
        operation.step("checking the filesystem of type " + type + " whose making was interrupted, on " + device);
        var checked = programs.run(type.check(program(type.checkProgram(), type, operation), device), operation.left());
        if (!checked.ok()) {
            var volume = operation.volume();
            throw failed(new NodeProblem.HalfMade(volume, operation.node(), device.toString(), checked.output()));
        }
    }

    private void make(BlockDevice device, Wanted wanted, boolean again, Operation operation) throws IOException {
        var volume = operation.volume();
        var node = operation.node();
        if (wanted.source().isPresent()) {
            throw failed(new NodeProblem.ContentMissing(
                    volume, node, device.toString(), wanted.source().get()));
        }
        if (wanted.access().readOnly()) throw failed(new NodeProblem.BlankReadOnly(volume, node, device.toString()));
        var type = wanted.access().toMake();
        var mkfs = mkfs(type, wanted, operation);
        operation.step("making a filesystem of type " + type + " on " + device);
        refuseHeld(device, operation);
        FormatMark.set(device, volume.slot());
        var ended = mkfs.run(device, volume.slot(), again, operation.left());
        if (!ended.ok()) {
            throw failed(
                    new NodeProblem.FormatFailed(volume, node, device.toString(), type.mkfsProgram(), ended.output()));
        }
        mkfs.complete(device);
        operation.step("reading the new filesystem on " + device);
        if (ContentReader.read(device)
                        instanceof DeviceContent.Begun(var _, DeviceContent.Filesystem(var made, var _, var _, var _))
                && made.equals(type.toString())) {
            FormatMark.clear(device, volume.slot());
        }
    }

    private Mkfs mkfs(FsType type, Wanted wanted, Operation operation) {
        var program = program(type.mkfsProgram(), type, operation);
        return new Mkfs(programs, program, type, wanted.options(), wanted.zeroesCut());
    }

    /** The mkfs of a plugin that was killed may be at it still; that of a second one beside it would ruin both. */
    private static void refuseHeld(BlockDevice device, Operation operation) throws IOException {
        try (var _ = device.open(BlockDevice.Mode.EXCLUSIVE)) {
            // nobody else has it
        } catch (ErrnoException e) {
            if (!e.is(Errno.EBUSY)) throw e;
            throw failed(new NodeProblem.InUse(
                    operation.volume(),
                    operation.node(),
                    device + " is held by a mkfs that an earlier call began, or by a mount, and is not formatted"));
        }
    }

    private Ready present(BlockDevice device, Access.Mount access, Operation operation) throws IOException {
        operation.step("reading which filesystem " + device + " holds");
        var content = ContentReader.read(device);
        var type = typeOf(content, device, access, operation);
        if (!(content instanceof DeviceContent.Filesystem filesystem)) throw new AssertionError(content);
        var size = device.size();
        if (filesystem.bytes() > size) {
            throw failed(new NodeProblem.Shrunk(
                    operation.volume(), operation.node(), device.toString(), size, filesystem.bytes()));
        }
        if (filesystem.damage().isPresent()) {
            throw needsRepair(type, device, filesystem.damage().get(), operation);
        }
        return new Ready(type, filesystem);
    }

    static Failed needsRepair(FsType type, BlockDevice device, String why, Operation operation) {
        return failed(new NodeProblem.NeedsRepair(
                operation.volume(), operation.node(), type.toString(), why, type.repair(device)));
    }

    private static FsType typeOf(DeviceContent content, BlockDevice device, Access.Mount access, Operation operation) {
        var volume = operation.volume();
        var node = operation.node();
        var name = device.toString();
        return switch (content) {
            case DeviceContent.Filesystem(var found, var _, var _, var _) -> {
                var type = FsType.parse(found).filter(known -> access.asked().orElse(known) == known);
                yield type.orElseThrow(() -> failed(new NodeProblem.OtherFilesystem(
                        volume,
                        node,
                        name,
                        found,
                        access.asked().map(FsType::toString).orElse(FsType.known()))));
            }
            case DeviceContent.Other(var what, var offset) ->
                throw failed(new NodeProblem.OtherContent(volume, node, name, what, offset));
            case DeviceContent.Unreadable(var why) ->
                throw failed(new NodeProblem.DeviceUnreadable(volume, node, name, why));
            case DeviceContent.Begun(var other, var _) ->
                throw failed(new NodeProblem.HalfMade(
                        volume, node, name, "mkfs was begun for volume " + other + " and did not come to its end"));
            case DeviceContent.Blank _ ->
                throw failed(
                        new NodeProblem.DeviceUnreadable(volume, node, name, "blank where a filesystem was just made"));
        };
    }

    private Path program(String name, FsType type, Operation operation) {
        return programs.find(name)
                .orElseThrow(() -> failed(
                        new NodeProblem.NoProgram(operation.volume(), operation.node(), name, type.debianPackage())));
    }

    private static Failed failed(NodeProblem problem) {
        return new Failed(problem);
    }
}
