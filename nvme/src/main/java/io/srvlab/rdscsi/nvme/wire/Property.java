package io.srvlab.rdscsi.nvme.wire;

import org.jspecify.annotations.Nullable;

/** The registers of a controller that are reached over Fabrics, by their offset. */
public enum Property {
    CAPABILITIES(0x00, 8),
    VERSION(0x08, 4),
    CONFIGURATION(0x14, 4),
    STATUS(0x1c, 4);

    /** CC: controller enabled, with submission and completion entries of 64 and 16 bytes. */
    public static final int ENABLED = 0x460001;

    /** CC: the same, and to be shut down. */
    public static final int SHUT_DOWN = 0x464001;

    /** CC bits: enable; shutdown notification. */
    public static final int ENABLE_BIT = 0x1;

    public static final int SHUTDOWN_MASK = 0xc000;

    /** CSTS: ready; failed; shut down. */
    public static final int READY = 0x1;

    public static final int FATAL = 0x2;
    public static final int SHUTDOWN_DONE = 0x8;
    public static final int SHUTDOWN_STATUS_MASK = 0xc;

    private final int offset;
    private final int bytes;

    Property(int offset, int bytes) {
        this.offset = offset;
        this.bytes = bytes;
    }

    public int offset() {
        return offset;
    }

    /** As a property command names its size: 0 for 4 bytes, 1 for 8. */
    public int attribute() {
        return bytes == 8 ? 1 : 0;
    }

    /** The one that a property command means; null if there is none. */
    public static @Nullable Property of(int offset, int attribute) {
        for (var property : values()) {
            if (property.offset == offset && property.attribute() == (attribute & 7)) return property;
        }
        return null;
    }
}
