package io.srvlab.rdscsi.appliance;

import java.util.regex.Pattern;

/**
 * How a volume is held. Classes are compared, not CSI's access modes: SINGLE_NODE_WRITER, _SINGLE_WRITER and
 * _MULTI_WRITER are one class to the appliance.
 *
 * @param filesystem that the node finds or makes on it; empty for a raw block volume
 */
public record Access(AccessClass accessClass, boolean readOnly, String filesystem) {
    /** {@code w} single writer, {@code m} shared raw block, {@code r} readers. */
    public enum AccessClass {
        WRITER('w', "a single writer"),
        SHARED('m', "a shared block device"),
        READERS('r', "readers only");

        private final char letter;
        private final String words;

        AccessClass(char letter, String words) {
            this.letter = letter;
            this.words = words;
        }

        /** Whether a second node may hold the volume at the same time. */
        public boolean shared() {
            return this != WRITER;
        }
    }

    private static final Pattern FILESYSTEM = Pattern.compile("[a-z0-9]{0,15}");
    private static final String BLOCK = "-";

    /** What a volume has that nobody holds. */
    static final Access NONE = new Access(AccessClass.WRITER, false, "");

    public Access {
        if (!FILESYSTEM.matcher(filesystem).matches()) {
            throw new IllegalArgumentException("not the name of a filesystem: '" + filesystem + "'");
        }
    }

    /** The class as the ledger has it: a letter, a capital when published read-only. */
    char letter() {
        return readOnly ? Character.toUpperCase(accessClass.letter) : accessClass.letter;
    }

    /** The filesystem as the ledger has it among what was chosen for this claim: {@code fext4}, or {@code -}. */
    String choice() {
        return filesystem.isEmpty() ? BLOCK : "f" + filesystem;
    }

    /** Reads what {@link #letter} and {@link #choice} wrote. */
    static Access parse(String letter, String choice) {
        if (!choice.equals(BLOCK) && !choice.startsWith("f")) {
            throw new IllegalArgumentException("choice '" + choice + "' is not known to this version");
        }
        var filesystem = choice.equals(BLOCK) ? "" : choice.substring(1);
        for (var known : AccessClass.values()) {
            for (var readOnly : new boolean[] {false, true}) {
                var access = new Access(known, readOnly, filesystem);
                if (letter.equals(String.valueOf(access.letter()))) return access;
            }
        }
        throw new IllegalArgumentException("not an access class: '" + letter + "'");
    }

    @Override
    public String toString() {
        return accessClass.words
                + (filesystem.isEmpty() ? "" : " with " + filesystem)
                + (readOnly ? ", read-only" : "");
    }
}
