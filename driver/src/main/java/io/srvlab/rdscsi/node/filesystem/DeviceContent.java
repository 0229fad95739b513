package io.srvlab.rdscsi.node.filesystem;

import java.util.Optional;
import java.util.UUID;

/** What a device holds, as far as it could be read. Only {@link Blank} may be formatted, and {@link Begun} again. */
public sealed interface DeviceContent {

    /** Read without error, twice, through separate opens, and all zero where anything could have left its mark. */
    record Blank() implements DeviceContent {}

    /**
     * A filesystem.
     *
     * @param type by which mount(2) knows it
     * @param bytes how large it says it is; the device may be larger, and must not be smaller
     * @param damage why it must be repaired before it is mounted, if it says so itself
     */
    record Filesystem(String type, long bytes, UUID uuid, Optional<String> damage) implements DeviceContent {}

    /** Something else, or something unknown: {@code what}, found at byte {@code offset}. */
    record Other(String what, long offset) implements DeviceContent {}

    /**
     * {@link FormatMark} is on it: this driver began to format it for {@code volume} and did not come to the end, so that
     * nobody has ever mounted it. {@code rest} is what it holds besides.
     */
    record Begun(String volume, DeviceContent rest) implements DeviceContent {}

    /** Could not be read, or read differently the second time. Never "blank". */
    record Unreadable(String why) implements DeviceContent {}
}
