package io.srvlab.rdscsi.nvme.host;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A namespace as it was when it was looked at.
 *
 * @param uuid null if the target gives none
 * @param nguid null if the target gives none
 */
public record Namespace(
        int id,
        long blocks,
        int blockBytes,
        @Nullable UUID uuid,
        @Nullable UUID nguid) {
    /** Its size in bytes. */
    public long bytes() {
        return Math.multiplyExact(blocks, blockBytes);
    }
}
