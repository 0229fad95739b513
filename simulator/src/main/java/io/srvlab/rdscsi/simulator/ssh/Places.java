package io.srvlab.rdscsi.simulator.ssh;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one connection has for its execs.
 *
 * @param free how many more there may be at a time
 * @param used whether there was one
 */
record Places(Semaphore free, AtomicBoolean used) {
    static Places of(int most) {
        return new Places(new Semaphore(most), new AtomicBoolean());
    }
}
