package io.srvlab.rdscsi.simulator.datapath;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Where a disk's writes pass, or wait while somebody holds them: a medium that is as slow as a test wants it. */
public final class Gate {
    private final List<Hold> holds = new ArrayList<>();

    /** Writes wait until this is closed. */
    public final class Hold implements AutoCloseable {
        private final CountDownLatch arrived = new CountDownLatch(1);

        private Hold() {}

        /** Waits until a write is being held. */
        public void awaitWrite() throws InterruptedException {
            arrived.await();
        }

        @Override
        public void close() {
            release(this);
        }
    }

    Hold hold() {
        synchronized (this) {
            var hold = new Hold();
            holds.add(hold);
            return hold;
        }
    }

    private synchronized void release(Hold hold) {
        holds.remove(hold);
        notifyAll();
    }

    synchronized void pass() {
        holds.forEach(hold -> hold.arrived.countDown());
        try {
            while (!holds.isEmpty()) wait();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a thread that is at its file", e);
        }
    }
}
