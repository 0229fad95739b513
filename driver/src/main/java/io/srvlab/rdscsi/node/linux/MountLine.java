package io.srvlab.rdscsi.node.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A line of /proc/self/mountinfo (proc_pid_mountinfo(5)), checked to be one, of which nothing is taken out but what lines
 * are chosen by. The other fields are known by where they begin in the table's text; each ends at a blank.
 */
final class MountLine {
    private static final byte[] BTRFS = "btrfs".getBytes(StandardCharsets.US_ASCII);

    private final byte[] text;
    private final int id;
    private final int parent;
    private final DeviceNumber device;
    private final int root;
    private final int mountPoint;
    private final int options;
    private final int optional;
    private final int fsType;
    private final int source;
    private final int superOptions;
    private final int known;

    private MountLine(Reader from) {
        text = from.text;
        id = from.number(' ');
        parent = from.number(' ');
        device = new DeviceNumber(from.number(':'), from.number(' '));
        root = from.fieldBeforeSeparator();
        mountPoint = from.fieldBeforeSeparator();
        options = from.fieldBeforeSeparator();
        optional = from.at;
        while (!from.passSeparator()) from.field();
        fsType = from.field();
        source = from.field();
        superOptions = from.at;
        known = from.lastField();
    }

    /** Of the filesystem's device, or made up if it has none of its own. */
    DeviceNumber device() {
        return device;
    }

    boolean isBtrfs() {
        return Arrays.equals(text, fsType, source - 1, BTRFS, 0, BTRFS.length);
    }

    /** @param place an absolute path, in UTF-8 */
    boolean isAt(byte[] place) {
        var end = options - 1;
        var at = mountPoint;
        for (var wanted : place) {
            if (at >= end) return false;
            if (text[at] == '\\') { // may be an escape, which is seldom: most lines differ before they have one
                if (meant(text, at, end) != wanted) return false;
                at += length(text, at, end);
            } else if (text[at++] != wanted) return false;
        }
        return at == end;
    }

    MountEntry entry() {
        return new MountEntry(
                id,
                parent,
                device,
                unescape(text, root, mountPoint - 1),
                unescape(text, mountPoint, options - 1),
                options(options, optional - 1),
                unescape(text, fsType, source - 1),
                unescape(text, source, superOptions - 1),
                options(superOptions, known),
                shared());
    }

    private boolean shared() {
        return Arrays.stream(string(optional, fsType).split(" ")).anyMatch(field -> field.startsWith("shared:"));
    }

    /** The options that stand in one field, as they are written. */
    private List<String> options(int start, int end) {
        return List.of(string(start, end).split(","));
    }

    private String string(int start, int end) {
        return new String(text, start, end - start, StandardCharsets.UTF_8);
    }

    /** Blank, tab, newline and backslash stand as a backslash and three octal digits. */
    static String unescape(byte[] text, int start, int end) {
        var plain = new byte[end - start];
        var length = 0;
        for (var at = start; at < end; at += length(text, at, end)) plain[length++] = meant(text, at, end);
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    /** The byte that is written at {@code at}. */
    private static byte meant(byte[] text, int at, int end) {
        return length(text, at, end) == 1
                ? text[at]
                : (byte) ((text[at + 1] - '0') << 6 | (text[at + 2] - '0') << 3 | (text[at + 3] - '0'));
    }

    /** How many bytes it takes to write it. */
    private static int length(byte[] text, int at, int end) {
        return text[at] == '\\' && at + 3 < end && octal(text[at + 1]) && octal(text[at + 2]) && octal(text[at + 3])
                ? 4
                : 1;
    }

    private static boolean octal(byte digit) {
        return digit >= '0' && digit <= '7';
    }

    /** Goes through a table, field by field; each line must be one, and ends with a newline or with the text. */
    static final class Reader {
        private final byte[] text;
        private final int length;
        private int line;
        private int at;

        /** @param length how much of {@code text} there is to read, in bytes */
        Reader(byte[] text, int length) {
            this.text = text;
            this.length = length;
        }

        boolean hasNext() {
            return at < length;
        }

        /** @throws IllegalArgumentException if the next line is none of mountinfo's */
        MountLine next() {
            line = at;
            return new MountLine(this);
        }

        private int number(char closing) {
            var start = at;
            var number = 0L;
            while (at < length && text[at] >= '0' && text[at] <= '9' && number <= Integer.MAX_VALUE) {
                number = number * 10 + text[at++] - '0';
            }
            if (at == start || at == length || text[at] != closing || number > Integer.MAX_VALUE) throw malformed();
            at++;
            return (int) number;
        }

        /** Goes on to the next field, which must be there; returns where this one begins. */
        private int field() {
            var start = at;
            at = fieldEnd();
            if (at == length || text[at] == '\n') throw malformed();
            at++;
            return start;
        }

        private int fieldBeforeSeparator() {
            if (passSeparator()) throw malformed();
            return field();
        }

        /** Whether the optional fields are at their end; then it goes on behind what marks that. */
        private boolean passSeparator() {
            var here = at + 1 < length && text[at] == '-' && text[at + 1] == ' ';
            if (here) at += 2;
            return here;
        }

        /** Goes on to the next line; returns where the field ends that is the last to be known. */
        private int lastField() {
            var end = fieldEnd();
            at = lineEnd() + 1;
            return end;
        }

        private int fieldEnd() {
            var end = at;
            while (end < length && text[end] != ' ' && text[end] != '\n') end++;
            return end;
        }

        private int lineEnd() {
            var end = at;
            while (end < length && text[end] != '\n') end++;
            return end;
        }

        private IllegalArgumentException malformed() {
            at = line;
            return new IllegalArgumentException("not a line of mountinfo: '"
                    + new String(text, line, lineEnd() - line, StandardCharsets.UTF_8) + "'");
        }
    }
}
