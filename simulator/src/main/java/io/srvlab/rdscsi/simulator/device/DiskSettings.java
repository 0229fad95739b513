package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be set on a file disk: names, defaults, and which values are let in. Kept as the text that {@code print} shows. */
final class DiskSettings {
    static final String TYPE = "type";
    static final String SLOT = "slot";
    static final String EXPORT = "nvme-tcp-export";
    static final String NQN = "nvme-tcp-server-nqn";
    static final String HOSTS = "nvme-tcp-server-allow-host-name";
    static final String FILE_PATH = "file-path";
    static final String FILE_SIZE = "file-size";
    static final String COMMENT = "comment";

    // The longest slot and the longest comment are open: the smallest that every kind of volume and ledger fits into.
    private static final int SLOT_LENGTH_MAX = 40;
    private static final int COMMENT_LENGTH_MAX = 255;
    private static final int NQN_LENGTH_MAX = 223;
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]+");

    private enum Kind {
        WORD,
        TEXT,
        FLAG,
        NUMBER
    }

    private record Setting(String name, Kind kind, @Nullable String initial) {}

    private static final List<Setting> ALL = List.of(
            new Setting(TYPE, Kind.WORD, null),
            new Setting(SLOT, Kind.TEXT, null),
            new Setting("mount-filesystem", Kind.FLAG, "yes"),
            new Setting("mount-read-only", Kind.FLAG, "no"),
            new Setting("compress", Kind.FLAG, "no"),
            new Setting(EXPORT, Kind.FLAG, "no"),
            new Setting("nvme-tcp-server-port", Kind.NUMBER, "4420"),
            new Setting(NQN, Kind.TEXT, null),
            new Setting(HOSTS, Kind.TEXT, ""),
            new Setting("iscsi-export", Kind.FLAG, "no"),
            new Setting("nfs-sharing", Kind.FLAG, "no"),
            new Setting("smb-sharing", Kind.FLAG, "no"),
            new Setting("media-sharing", Kind.FLAG, "no"),
            new Setting("swap", Kind.FLAG, "no"),
            new Setting(FILE_PATH, Kind.TEXT, null),
            new Setting(COMMENT, Kind.TEXT, null));
    private static final Map<String, Setting> BY_NAME =
            ALL.stream().collect(Collectors.toMap(Setting::name, Function.identity()));

    private DiskSettings() {}

    /** The settings of a disk of which nothing was said. */
    static SequencedMap<String, String> initial() {
        var initial = new LinkedHashMap<String, String>();
        for (var setting : ALL) if (setting.initial() != null) initial.put(setting.name(), setting.initial());
        return initial;
    }

    static boolean has(String name) {
        return BY_NAME.containsKey(name);
    }

    static String defaultNqn(String slot) {
        return "nqn.2000-02.com.mikrotik:" + slot;
    }

    /** What is kept for a value given; null unsets. */
    static @Nullable String read(String name, Value given) throws ConsoleError {
        var text = text(name, given);
        return switch (name) {
            case TYPE -> oneOf(name, text, "file");
            case SLOT -> matching(name, text, NAME, SLOT_LENGTH_MAX);
            // An empty NQN means the default one, which needs the slot: the menu fills it in.
            case NQN -> text.isEmpty() ? null : matching(name, text, NAME, NQN_LENGTH_MAX);
            case COMMENT -> text.isEmpty() ? null : matching(name, text, PRINTABLE, COMMENT_LENGTH_MAX);
            case "nvme-tcp-server-port" -> port(name, text);
            default ->
                kind(name) == Kind.FLAG
                        ? oneOf(name, text, "yes", "no")
                        : matching(name, text, PRINTABLE, Integer.MAX_VALUE);
        };
    }

    /** A setting as the console sees it. */
    static Value show(String name, String text) {
        return switch (kind(name)) {
            case FLAG -> new Value.Bool(text.equals("yes"));
            case NUMBER -> new Value.Num(Long.parseLong(text));
            case WORD, TEXT -> new Value.Text(text);
        };
    }

    private static Kind kind(String name) {
        var setting = BY_NAME.get(name);
        if (setting == null) throw new IllegalArgumentException("no setting of a disk: " + name);
        return setting.kind();
    }

    private static String text(String name, Value given) throws ConsoleError {
        return switch (given) {
            case Value.Text(var text) -> text;
            case Value.Address(var text) -> text;
            case Value.Num(long number) -> Long.toString(number);
            case Value.Bool(boolean flag) -> flag ? "yes" : "no";
            case Value.Nothing() -> "";
            case Value.Id _, Value.Time _, Value.Array _, Value.Dict _ -> throw Refusal.invalid(name);
        };
    }

    private static String oneOf(String name, String text, String... allowed) throws ConsoleError {
        if (!List.of(allowed).contains(text)) throw Refusal.noneOf(name);
        return text;
    }

    private static String matching(String name, String text, Pattern pattern, int lengthMax) throws ConsoleError {
        if (text.length() > lengthMax || !pattern.matcher(text).matches()) throw Refusal.invalid(name);
        return text;
    }

    private static String port(String name, String text) throws ConsoleError {
        if (!text.matches("[0-9]{1,5}")) throw Refusal.invalid(name);
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65_535) throw Refusal.invalid(name);
        return Integer.toString(port);
    }
}
