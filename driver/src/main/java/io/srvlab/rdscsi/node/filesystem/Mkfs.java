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

    /**
     * Runs it. Unless {@code again}, without force: each mkfs then refuses, on its own, a device that holds something or is
     * in use.
     *
     * @param again over what an earlier run left
     */
    public static Programs.Ended run(
            Programs programs,
            Path program,
            FsType type,
            BlockDevice device,
            String volume,
            boolean again,
            Duration limit)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(options(type, volume));
        if (again) command.add(type == FsType.EXT4 ? "-F" : "-f");
        command.add("-L");
        command.add(type.label(volume));
        command.add(device.path().toString());
        return programs.run(command, limit);
    }

    /** Nothing is discarded: the device is blank, and what lies about in it is not mkfs' to judge. */
    private static List<String> options(FsType type, String volume) {
        return switch (type) {
            case EXT4 -> List.of("-q", "-m", "0", "-E", "nodiscard");
            case XFS -> List.of("-q", "-K", "-m", "uuid=" + XfsUuid.of(volume));
            case BTRFS -> List.of("-q", "-K");
        };
    }
}
