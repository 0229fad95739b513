package io.srvlab.rdscsi.simulator.personality;

/** Where something is about to happen. */
public sealed interface Site {
    /** The appliance as a whole, such as at its start. */
    Site APPLIANCE = new Item("", "");

    /** A command line, as it was received. */
    record Line(String text) implements Site {}

    /**
     * An item of a menu, or its door on the data path.
     *
     * @param command that is at it, such as {@code /disk/set}; empty on the data path
     * @param name its slot
     */
    record Item(String command, String name) implements Site {}

    /** A disk's door. */
    static Site door(String slot) {
        return new Item("", slot);
    }
}
