package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes a filesystem with the system's own mkfs. Whether that may be done is not asked here. */
public final class Mkfs {
    private Mkfs() {}

    public static Programs.Ended run(
            Programs programs, Path program, FsType type, BlockDevice device, String volume, Duration limit)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(options(type));
        command.add(type.label(volume));
        command.add(device.path().toString());
        return programs.run(command, limit);
    }

    /** Without force: each mkfs then refuses, on its own, a device that holds something or is in use. The label follows. */
    private static List<String> options(FsType type) {
        return switch (type) {
            case EXT4 -> List.of("-q", "-m", "0", "-E", "nodiscard", "-L");
            case XFS, BTRFS -> List.of("-q", "-K", "-L");
        };
    }
}
