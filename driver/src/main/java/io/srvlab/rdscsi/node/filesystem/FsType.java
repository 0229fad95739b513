package io.srvlab.rdscsi.node.filesystem;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The filesystems that this driver makes and mounts. Data and names only: who formats is {@link Mkfs}. */
public enum FsType {
    EXT4("ext4", "e2fsprogs", 16, "", "noload", "e2fsck", "e2fsck -f"),
    XFS("xfs", "xfsprogs", 12, "nouuid", "norecovery", "xfs_repair", "xfs_repair"),
    BTRFS("btrfs", "btrfs-progs", 255, "", "rescue=nologreplay", "btrfs", "btrfs check --readonly");

    private final String name;
    private final String debianPackage;
    private final int labelLengthMax;
    private final String always;
    private final String withoutReplay;
    private final String checkProgram;
    private final String repair;

    FsType(
            String name,
            String debianPackage,
            int labelLengthMax,
            String always,
            String withoutReplay,
            String checkProgram,
            String repair) {
        this.name = name;
        this.debianPackage = debianPackage;
        this.labelLengthMax = labelLengthMax;
        this.always = always;
        this.withoutReplay = withoutReplay;
        this.checkProgram = checkProgram;
        this.repair = repair;
    }

    public static Optional<FsType> parse(String text) {
        return Arrays.stream(values()).filter(type -> type.name.equals(text)).findFirst();
    }

    public static String known() {
        return Arrays.stream(values()).map(FsType::toString).collect(Collectors.joining(", "));
    }

    public String mkfsProgram() {
        return "mkfs." + name;
    }

    /** The program that tells whether it is whole, and writes nothing. */
    public String checkProgram() {
        return checkProgram;
    }

    /** The command line of {@link #checkProgram} for {@code device}. */
    public List<String> check(Path program, BlockDevice device) {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(
                switch (this) {
                    case EXT4 -> List.of("-f", "-n");
                    case XFS -> List.of("-n");
                    case BTRFS -> List.of("check", "--readonly");
                });
        command.add(device.path().toString());
        return command;
    }

    /** What an operator types to repair it, or with btrfs, to learn what there is to repair. */
    public String repair(BlockDevice device) {
        return repair + " " + device.path();
    }

    /** The package that has these programs, as Debian calls it. */
    public String debianPackage() {
        return debianPackage;
    }

    /** As much of {@code text} as fits a label; the end, which tells volumes apart better than the beginning. */
    String label(String text) {
        return text.substring(Math.max(0, text.length() - labelLengthMax));
    }

    /** What every mount of this filesystem is given: a restored volume has the UUID of its source, which xfs refuses. */
    public String always() {
        return always;
    }

    /** What keeps a read-only mount from writing the journal back to a device that others read. */
    String withoutReplay() {
        return withoutReplay;
    }

    @Override
    public String toString() {
        return name;
    }
}
