package io.srvlab.rdscsi.nvme.host;

import java.time.Duration;

/** The moment, as {@link System#nanoTime} counts, after which nothing is waited for any more. */
record Deadline(long nanoTime) {
    static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + Math.max(0, timeout.toNanos()));
    }

    long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }

    /** At least 1, since 0 means "for ever" to a socket. */
    int remainingMillis() {
        return Math.clamp(remainingNanos() / 1_000_000, 1, Integer.MAX_VALUE);
    }
}
