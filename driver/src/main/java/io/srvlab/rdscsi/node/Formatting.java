package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.ContentReader;
import io.srvlab.rdscsi.node.filesystem.DeviceContent;
import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.filesystem.Mkfs;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;

/** Sees to it that a device holds a filesystem, and never at the cost of anything that it holds already. */
final class Formatting {
    private final Programs programs;

    Formatting(Programs programs) {
        this.programs = programs;
    }

    /** The filesystem on {@code device} that is to be mounted; made now if the device is blank and may be written. */
    FsType ready(BlockDevice device, Access.Mount access, Operation operation) throws IOException {
        operation.step("reading what " + device + " holds");
        if (ContentReader.read(device) instanceof DeviceContent.Blank) {
            if (access.readOnly()) {
                throw failed(new NodeProblem.BlankReadOnly(operation.volume(), operation.node(), device.toString()));
            }
            format(device, access.asked().orElse(FsType.EXT4), operation);
        }
        return present(device, access, operation);
    }

    private void format(BlockDevice device, FsType type, Operation operation) throws IOException {
        var volume = operation.volume();
        var program = programs.find(type.mkfsProgram());
        if (program.isEmpty()) {
            throw failed(new NodeProblem.NoProgram(volume, operation.node(), type.mkfsProgram(), type.debianPackage()));
        }
        operation.step("making a filesystem of type " + type + " on " + device);
        var ended = Mkfs.run(programs, program.get(), type, device, volume.slot(), operation.left());
        if (!ended.ok()) {
            throw failed(new NodeProblem.FormatFailed(
                    volume, operation.node(), device.toString(), type.mkfsProgram(), ended.output()));
        }
    }

    private FsType present(BlockDevice device, Access.Mount access, Operation operation) {
        operation.step("reading which filesystem " + device + " holds");
        var volume = operation.volume();
        var node = operation.node();
        var name = device.toString();
        return switch (ContentReader.read(device)) {
            case DeviceContent.Filesystem(var found) -> {
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
            case DeviceContent.Blank _ ->
                throw failed(
                        new NodeProblem.DeviceUnreadable(volume, node, name, "blank where a filesystem was just made"));
        };
    }

    private static Failed failed(NodeProblem problem) {
        return new Failed(problem);
    }
}
