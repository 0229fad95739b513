package io.srvlab.rdscsi.simulator.device;

import java.util.Locale;

/** What the pool is formatted with; only btrfs has subvolumes. */
public enum PoolFilesystem {
    BTRFS,
    XFS;

    /** As {@code fs=} shows it. */
    String shown() {
        return name().toLowerCase(Locale.ROOT);
    }
}
