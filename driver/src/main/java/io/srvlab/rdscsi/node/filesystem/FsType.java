package io.srvlab.rdscsi.node.filesystem;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The filesystems that this driver makes and mounts. Data and names only: who formats is {@link Mkfs}. */
public enum FsType {
    EXT4("ext4", "e2fsprogs", 16, "", "noload"),
    XFS("xfs", "xfsprogs", 12, "nouuid", "norecovery"),
    BTRFS("btrfs", "btrfs-progs", 255, "", "rescue=nologreplay");

    private final String name;
    private final String debianPackage;
    private final int labelLengthMax;
    private final String always;
    private final String withoutReplay;

    FsType(String name, String debianPackage, int labelLengthMax, String always, String withoutReplay) {
        this.name = name;
        this.debianPackage = debianPackage;
        this.labelLengthMax = labelLengthMax;
        this.always = always;
        this.withoutReplay = withoutReplay;
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

    /** The package that has {@link #mkfsProgram}, as Debian calls it. */
    public String debianPackage() {
        return debianPackage;
    }

    /** As much of {@code text} as fits a label; the end, which tells volumes apart better than the beginning. */
    String label(String text) {
        return text.substring(Math.max(0, text.length() - labelLengthMax));
    }

    /** What every mount of this filesystem is given: a restored volume has the UUID of its source, which xfs refuses. */
    String always() {
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
