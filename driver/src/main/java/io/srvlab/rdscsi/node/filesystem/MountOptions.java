package io.srvlab.rdscsi.node.filesystem;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The mount_flags of a volume capability, taken apart as mount(8) does it: flags of mount(2), and what goes to the
 * filesystem as text.
 */
public record MountOptions(long flags, List<String> data) {
    public static final MountOptions NONE = new MountOptions(0, List.of());

    private static final long MS_RDONLY = 1;

    private record Flag(long bits, boolean set) {}

    // linux/mount.h
    private static final Map<String, Flag> FLAGS = Map.ofEntries(
            Map.entry("ro", new Flag(MS_RDONLY, true)),
            Map.entry("rw", new Flag(MS_RDONLY, false)),
            Map.entry("nosuid", new Flag(2, true)),
            Map.entry("suid", new Flag(2, false)),
            Map.entry("nodev", new Flag(4, true)),
            Map.entry("dev", new Flag(4, false)),
            Map.entry("noexec", new Flag(8, true)),
            Map.entry("exec", new Flag(8, false)),
            Map.entry("sync", new Flag(16, true)),
            Map.entry("async", new Flag(16, false)),
            Map.entry("dirsync", new Flag(128, true)),
            Map.entry("nosymfollow", new Flag(256, true)),
            Map.entry("noatime", new Flag(1024, true)),
            Map.entry("atime", new Flag(1024, false)),
            Map.entry("nodiratime", new Flag(2048, true)),
            Map.entry("diratime", new Flag(2048, false)),
            Map.entry("silent", new Flag(1 << 15, true)),
            Map.entry("relatime", new Flag(1 << 21, true)),
            Map.entry("norelatime", new Flag(1 << 21, false)),
            Map.entry("iversion", new Flag(1 << 23, true)),
            Map.entry("strictatime", new Flag(1 << 24, true)),
            Map.entry("lazytime", new Flag(1 << 25, true)));

    /** Words for mount(8) and fstab(5) alone, which no kernel knows. */
    private static final Set<String> FOR_USERS =
            Set.of("defaults", "auto", "noauto", "user", "nouser", "users", "group", "owner", "_netdev", "nofail");

    /** These would make another mount, or change one that others use, or spread it. */
    private static final Set<String> OTHER_MOUNTS = Set.of(
            "bind",
            "rbind",
            "move",
            "remount",
            "loop",
            "offset",
            "sizelimit",
            "shared",
            "rshared",
            "slave",
            "rslave",
            "private",
            "rprivate",
            "unbindable",
            "runbindable");

    /** These would pull in another device or file of the node. */
    private static final Set<String> OTHER_DEVICES = Set.of("journal_dev", "journal_path", "logdev", "rtdev", "device");

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:=/@+-]*");

    public MountOptions {
        data = List.copyOf(data);
    }

    /**
     * Takes the options apart; several may share one text, separated by commas.
     *
     * @throws IllegalArgumentException naming the option that is refused, and why
     */
    public static MountOptions parse(Collection<String> mountFlags) {
        var flags = 0L;
        var data = new ArrayList<String>();
        for (var option : mountFlags.stream()
                .flatMap(text -> List.of(text.split(",")).stream())
                .toList()) {
            if (option.isEmpty() || FOR_USERS.contains(option) || option.startsWith("x-")) continue;
            refuseDangerous(option);
            var flag = FLAGS.get(option);
            if (flag == null) data.add(option);
            else flags = flag.set ? flags | flag.bits : flags & ~flag.bits;
        }
        return new MountOptions(flags, data);
    }

    public boolean readOnly() {
        return (flags & MS_RDONLY) != 0;
    }

    /** These options for a mount of {@code type}; a volume that this node may only read is never written, not even its journal. */
    public MountOptions completed(FsType type, boolean readerOnly) {
        var all = new ArrayList<>(data);
        if (!type.always().isEmpty()) all.add(type.always());
        if (readerOnly) all.add(type.withoutReplay());
        return new MountOptions(
                readerOnly ? flags | MS_RDONLY : flags, all.stream().distinct().toList());
    }

    /** What goes to the filesystem, as mount(2) takes it. */
    public String text() {
        return String.join(",", data);
    }

    private static void refuseDangerous(String option) {
        if (!WORD.matcher(option).matches()) throw refused(option, "it holds characters that no mount option needs");
        var name = option.split("=", 2)[0];
        if (OTHER_MOUNTS.contains(name)) throw refused(option, "it asks for another kind of mount");
        if (OTHER_DEVICES.contains(name)) throw refused(option, "it names another device or file of the node");
        if (option.equals("errors=panic")) throw refused(option, "it would stop the whole node");
    }

    private static IllegalArgumentException refused(String option, String why) {
        return new IllegalArgumentException("mount option '" + option + "' is refused: " + why);
    }
}
