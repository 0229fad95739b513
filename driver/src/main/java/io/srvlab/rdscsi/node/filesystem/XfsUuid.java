package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.NameUuid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * An xfs filesystem's UUID, made from its volume's name, so that one that still bears the UUID of what it was copied from
 * is recognised, also after a crash half-way.
 */
public final class XfsUuid {
    /** Of xfsprogs, as mkfs.xfs is. */
    public static final String PROGRAM = "xfs_admin";

    private XfsUuid() {}

    public static UUID of(String volume) {
        return NameUuid.of("xfs", volume);
    }

    /** Gives an unmounted filesystem, whose journal is empty, the UUID of {@code volume}; whether that came to be is to be read. */
    public static Programs.Ended set(Programs programs, Path program, BlockDevice device, String volume, Duration limit)
            throws IOException {
        var command = List.of(
                program.toString(), "-U", of(volume).toString(), device.path().toString());
        return programs.run(command, limit);
    }
}
