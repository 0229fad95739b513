package io.srvlab.rdscsi.routeros;

import java.util.regex.Pattern;

/** How names and values are written in a command, so that none of them can be read as anything else. */
final class Quoting {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern MENU = Pattern.compile("(/[a-z0-9]+(-[a-z0-9]+)*)+");

    private Quoting() {}

    /**
     * {@code value} between quotes. Quoted even where it need not be: {@code a= b=yes} would take {@code b} for a's value.
     *
     * @throws IllegalArgumentException for a character outside printable ASCII: non-ASCII text breaks RouterOS' parsing,
     *     and a control character has no place in a name or a comment
     */
    static String quote(String value) {
        var quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c > 0x7e) {
                throw new IllegalArgumentException(
                        "RouterOS takes printable ASCII only: there is U+%04X at position %d of a value"
                                .formatted(value.codePointAt(i), i));
            }
            // Any other escaped character would be refused as an unknown escape.
            if (c == '"' || c == '\\' || c == '$' || c == '?') quoted.append('\\');
            quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    /** {@code name} itself, if it can be the name of a property. */
    static String property(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a property: " + ForeignText.bounded(name));
        }
        return name;
    }

    /** {@code path} itself, if it can be the path of a menu, such as {@code /disk/btrfs/subvolume}. */
    static String menu(String path) {
        if (!MENU.matcher(path).matches()) {
            throw new IllegalArgumentException("not the path of a menu: " + ForeignText.bounded(path));
        }
        return path;
    }
}
