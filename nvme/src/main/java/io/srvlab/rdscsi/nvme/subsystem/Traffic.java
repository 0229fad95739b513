package io.srvlab.rdscsi.nvme.subsystem;

import java.util.concurrent.atomic.AtomicLong;

/** What has been read and written, and how many commands are at it. It may count for several exports, one after another. */
public final class Traffic {
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong flushes = new AtomicLong();

    /** Commands that have begun and not ended; those whose connection was closed meanwhile too. */
    public long inFlight() {
        return inFlight.get();
    }

    public long reads() {
        return reads.get();
    }

    public long readBytes() {
        return readBytes.get();
    }

    public long writes() {
        return writes.get();
    }

    public long writtenBytes() {
        return writtenBytes.get();
    }

    public long flushes() {
        return flushes.get();
    }

    void begin() {
        inFlight.incrementAndGet();
    }

    void end() {
        inFlight.decrementAndGet();
    }

    void read(long bytes) {
        reads.incrementAndGet();
        readBytes.addAndGet(bytes);
    }

    void wrote(long bytes) {
        writes.incrementAndGet();
        writtenBytes.addAndGet(bytes);
    }

    void flushed() {
        flushes.incrementAndGet();
    }
}
