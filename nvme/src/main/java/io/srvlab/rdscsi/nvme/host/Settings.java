package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.Digests;
import java.time.Duration;

/**
 * How a host wants its session.
 *
 * @param depth entries of the I/O queue; fewer if the target has fewer
 * @param digests what every PDU is to carry; a target that will not is not connected to
 * @param keepAlive after which the target may take a silent host for dead; it is kept alive twice as often. Zero: never
 */
public record Settings(int depth, Digests digests, Duration keepAlive) {
    public static final Settings DEFAULT = new Settings(128, Digests.NONE, Duration.ofSeconds(5));

    public Settings {
        if (depth < 2 || depth > 1 << 16) throw new IllegalArgumentException("not a queue's depth: " + depth);
        if (keepAlive.isNegative()) throw new IllegalArgumentException("a negative time: " + keepAlive);
    }
}
