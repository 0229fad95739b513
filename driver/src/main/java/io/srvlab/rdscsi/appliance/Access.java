package io.srvlab.rdscsi.appliance;

/**
 * How a volume is held. Classes are compared, not CSI's access modes: SINGLE_NODE_WRITER, _SINGLE_WRITER and
 * _MULTI_WRITER are one class to the appliance.
 */
public record Access(AccessClass accessClass, boolean readOnly) {
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
    }

    /** What a volume has that nobody holds. */
    static final Access NONE = new Access(AccessClass.WRITER, false);

    /** The class as the ledger has it: a letter, a capital when published read-only. */
    char letter() {
        return readOnly ? Character.toUpperCase(accessClass.letter) : accessClass.letter;
    }

    static Access parse(String letter) {
        for (var known : AccessClass.values()) {
            for (var readOnly : new boolean[] {false, true}) {
                var access = new Access(known, readOnly);
                if (letter.equals(String.valueOf(access.letter()))) return access;
            }
        }
        throw new IllegalArgumentException("not an access class: '" + letter + "'");
    }

    @Override
    public String toString() {
        return accessClass.words + (readOnly ? ", read-only" : "");
    }
}
