package io.srvlab.rdscsi.nvme.subsystem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** A backing whose writes wait at a gate before they take effect: a slow medium, as long as a test wants it. */
final class Gate implements Backing {
    private final Backing behind;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    Gate(Backing behind) {
        this.behind = behind;
    }

    /** Waits until a write is at the gate. */
    void awaitWrite() throws InterruptedException {
        arrived.await();
    }

    void open() {
        open.countDown();
    }

    void awaitClose() throws InterruptedException {
        closed.await();
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        arrived.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            throw new AssertionError("a thread at its file was interrupted", e);
        }
        behind.write(from, position);
    }

    @Override
    public long bytes() throws IOException {
        return behind.bytes();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        behind.read(into, position);
    }

    @Override
    public void zero(long position, long length) throws IOException {
        behind.zero(position, length);
    }

    @Override
    public void flush() throws IOException {
        behind.flush();
    }

    @Override
    public void close() throws IOException {
        behind.close();
        closed.countDown();
    }
}
