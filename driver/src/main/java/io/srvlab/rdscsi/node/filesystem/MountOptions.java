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

    /**
     * What may be given to each filesystem, by name. Missing are, on purpose: options that pull in another device or file of
     * the node (journal_path, logdev, device), that stop the whole node (errors=panic), that give up what a crash leaves
     * whole (nobarrier), and that skip the journal's replay, which this driver adds itself where nothing may be written.
     */
    private static final Map<FsType, Set<String>> KNOWN = Map.of(
            FsType.EXT4,
            Set.of(
                    ("acl noacl user_xattr nouser_xattr commit data delalloc nodelalloc discard nodiscard errors grpid bsdgroups"
                                    + " nogrpid sysvgroups init_itable noinit_itable inode_readahead_blks journal_checksum"
                                    + " nojournal_checksum journal_ioprio max_batch_time min_batch_time max_dir_size_kb quota"
                                    + " noquota usrquota grpquota prjquota resuid resgid stripe auto_da_alloc noauto_da_alloc"
                                    + " block_validity noblock_validity dioread_lock dioread_nolock")
                            .split(" ", -1)),
            FsType.XFS,
            Set.of(
                    ("allocsize attr2 discard nodiscard filestreams grpid bsdgroups nogrpid sysvgroups ikeep noikeep inode32"
                                    + " inode64 largeio nolargeio logbufs logbsize noalign quota noquota usrquota uquota"
                                    + " uqnoenforce grpquota gquota gqnoenforce prjquota pquota pqnoenforce sunit swidth swalloc"
                                    + " wsync")
                            .split(" ", -1)),
            FsType.BTRFS,
            Set.of(
                    ("acl noacl autodefrag noautodefrag commit compress compress-force datacow nodatacow datasum nodatasum"
                                    + " discard nodiscard flushoncommit noflushoncommit max_inline metadata_ratio space_cache"
                                    + " thread_pool ssd nossd ssd_spread nossd_spread treelog notreelog user_subvol_rm_allowed")
                            .split(" ", -1)));

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
            refuseOddCharacters(option);
            var flag = FLAGS.get(option);
            if (flag == null) data.add(option);
            else flags = flag.set ? flags | flag.bits : flags & ~flag.bits;
        }
        return new MountOptions(flags, data);
    }

    public boolean readOnly() {
        return (flags & MS_RDONLY) != 0;
    }

    /**
     * These options for a mount of {@code type}; what is mounted read-only is never written, not even its journal.
     *
     * @throws IllegalArgumentException naming the option that is refused, and why
     */
    public MountOptions completed(FsType type, boolean readerOnly) {
        data.forEach(option -> refuseUnknown(option, type));
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

    private static void refuseOddCharacters(String option) {
        if (!WORD.matcher(option).matches()) throw refused(option, "it holds characters that no mount option needs");
    }

    private static void refuseUnknown(String option, FsType type) {
        if (option.equals("errors=panic")) throw refused(option, "it would stop the whole node");
        if (!KNOWN.getOrDefault(type, Set.of()).contains(option.split("=", 2)[0])) {
            throw refused(option, "it is not among those that a volume of type " + type + " may be given");
        }
    }

    private static IllegalArgumentException refused(String option, String why) {
        return new IllegalArgumentException("mount option '" + option + "' is refused: " + why);
    }
}
