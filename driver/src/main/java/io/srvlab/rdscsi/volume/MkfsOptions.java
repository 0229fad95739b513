package io.srvlab.rdscsi.volume;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Options of mkfs that a StorageClass gives, in mkfs' own words: {@code -i 8192 -E stride=16}. Both the controller, so that no
 * volume is made that cannot be staged, and the node check them against one list for each filesystem.
 *
 * <p>On the list is what gives a filesystem its shape. Missing are, on purpose: what names another device or file, what forces
 * mkfs over content or has it write less than it must, what sets the label and the UUID, which are this driver's, and
 * features without which a crash is not survived (a journal, checksums).
 *
 * @param values by flag, in the order given
 */
public record MkfsOptions(Map<String, String> values) {
    /** The key in StorageClass parameters and in volume_context. */
    public static final String KEY = "mkfsOptions";

    public static final MkfsOptions NONE = new MkfsOptions(Map.of());

    private static final String NUMBER = "[1-9][0-9]{0,9}";
    private static final String SIZE = "[1-9][0-9]{0,9}[kmgKMG]?";

    private static final Map<String, Map<String, Pattern>> KNOWN = Map.of(
            "ext4",
            Map.of(
                    "-b", Pattern.compile("1024|2048|4096"),
                    "-i", Pattern.compile(NUMBER),
                    "-I", Pattern.compile("128|256|512"),
                    "-N", Pattern.compile(NUMBER),
                    "-m", Pattern.compile("[0-9]|[1-4][0-9]|50"),
                    "-T", Pattern.compile("small|news|largefile|largefile4|big|huge"),
                    "-J", Pattern.compile("size=" + NUMBER),
                    "-E", list("(stride|stripe_width)=" + NUMBER),
                    "-O", list("quota|project|encrypt|verity|casefold|large_dir|inline_data|ea_inode")),
            "xfs",
            Map.of(
                    "-b", list("size=" + SIZE),
                    "-d", list("(agcount|agsize|su|sw|sunit|swidth|cowextsize|extszinherit)=" + SIZE),
                    "-i", list("(size|maxpct)=" + SIZE),
                    "-l", list("(size|su|sunit)=" + SIZE),
                    "-n", list("size=" + SIZE),
                    "-m", list("(reflink|rmapbt|bigtime|inobtcount|finobt)=[01]")),
            "btrfs",
            Map.of(
                    "-n", Pattern.compile(SIZE),
                    "-s", Pattern.compile(SIZE),
                    "-m", Pattern.compile("single|dup"),
                    "-d", Pattern.compile("single|dup"),
                    "--checksum", Pattern.compile("crc32c|xxhash|sha256|blake2"),
                    "-O", list("\\^?(no-holes|free-space-tree|block-group-tree|quota|squota)")));

    public MkfsOptions {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    private static Pattern list(String item) {
        return Pattern.compile("(" + item + ")(,(" + item + "))*");
    }

    /**
     * Takes {@code text} apart: flags and their values by turns, with blanks between them.
     *
     * @throws IllegalArgumentException naming the option that is refused, and what {@code fsType} may be given
     */
    public static MkfsOptions parse(String fsType, String text) {
        var known = Optional.ofNullable(KNOWN.get(fsType))
                .orElseThrow(() -> new IllegalArgumentException("no filesystem '" + fsType + "' is made"));
        var words = text.strip().split("\\s+", -1);
        var values = new LinkedHashMap<String, String>();
        if (text.isBlank()) return NONE;
        for (var i = 0; i < words.length; i += 2) {
            var flag = words[i];
            var value = i + 1 < words.length ? words[i + 1] : "";
            var pattern = known.get(flag);
            if (pattern == null) {
                throw refused(
                        fsType,
                        flag,
                        "known are "
                                + String.join(
                                        " ", known.keySet().stream().sorted().toList()));
            }
            if (!pattern.matcher(value).matches()) throw refused(fsType, flag + " " + value, "wanted is " + pattern);
            if (values.put(flag, value) != null) throw refused(fsType, flag, "it is given twice");
        }
        return new MkfsOptions(values);
    }

    private static IllegalArgumentException refused(String fsType, String option, String why) {
        return new IllegalArgumentException(KEY + ": '" + option.strip() + "' is refused for " + fsType + ": " + why);
    }

    /** The words of a command line, with {@code always} joined to the value of a flag that both have. */
    public List<String> words(Map<String, String> always) {
        var joined = new LinkedHashMap<>(always);
        values.forEach((flag, value) -> joined.merge(flag, value, (ours, theirs) -> ours + "," + theirs));
        var words = new ArrayList<String>();
        joined.forEach((flag, value) -> {
            words.add(flag);
            words.add(value);
        });
        return words;
    }
}
