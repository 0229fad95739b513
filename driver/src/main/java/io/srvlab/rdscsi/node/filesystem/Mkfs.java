package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.MkfsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes filesystems of one type with the system's own mkfs. Whether that may be done is not asked here.
 *
 * @param zeroesCut the device is not to be believed when it says that it has zeroed something, so zeros are written
 */
public record Mkfs(Programs programs, Path program, FsType type, MkfsOptions options, boolean zeroesCut) {
    /** Has mke2fs write zeros itself (unix_io.c in e2fsprogs, since 1.46). */
    private static final Map<String, String> EXT4_WRITES_ZEROS = Map.of("UNIX_IO_NOZEROOUT", "1");

    /**
     * Runs it. Unless {@code again}, without force: each mkfs then refuses, on its own, a device that holds something or is
     * in use.
     *
     * @param again over what an earlier run left
     */
    public Programs.Ended run(BlockDevice device, String volume, boolean again, Duration limit) throws IOException {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(words(volume));
        if (again) command.add(type == FsType.EXT4 ? "-F" : "-f");
        command.add("-L");
        command.add(type.label(volume));
        command.add(device.path().toString());
        return programs.run(command, zeroesCut && type == FsType.EXT4 ? EXT4_WRITES_ZEROS : Map.of(), limit);
    }

    /** Does what a run that ended well may have left undone; the filesystem must never have been mounted. */
    public void complete(BlockDevice device) throws IOException {
        if (zeroesCut && type == FsType.XFS) XfsLog.zeroRest(device);
    }

    /** Nothing is discarded: the device is blank, and what lies about in it is not mkfs' to judge. */
    private List<String> words(String volume) {
        return switch (type) {
            case EXT4 -> join(List.of("-q", "-m", "0"), options.words(Map.of("-E", "nodiscard"))); // a later -m wins
            case XFS -> join(List.of("-q", "-K"), options.words(Map.of("-m", "uuid=" + XfsUuid.of(volume))));
            case BTRFS -> join(List.of("-q", "-K"), options.words(Map.of()));
        };
    }

    private static List<String> join(List<String> first, List<String> then) {
        var all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }
}
