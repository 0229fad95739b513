package io.srvlab.rdscsi.node.filesystem;

/** What a device holds, as far as it could be read. Only {@link Blank} may ever be formatted. */
public sealed interface DeviceContent {

    /** Read without error, twice, through separate opens, and all zero where anything could have left its mark. */
    record Blank() implements DeviceContent {}

    /** A filesystem, by the name that mount(2) knows it by. */
    record Filesystem(String type) implements DeviceContent {}

    /** Something else, or something unknown: {@code what}, found at byte {@code offset}. */
    record Other(String what, long offset) implements DeviceContent {}

    /** Could not be read, or read differently the second time. Never "blank". */
    record Unreadable(String why) implements DeviceContent {}
}
