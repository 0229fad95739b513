package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what happens in another thread or process. */
final class Wait {
    private Wait() {}

    /** Until {@code condition} holds; fails after a minute. */
    static void until(String what, Callable<Boolean> condition) {
        var deadline = Deadline.after(60, SECONDS);
        try {
            while (!condition.call()) {
                if (deadline.isExpired()) throw new AssertionError("waited in vain until " + what);
                LockSupport.parkNanos(10_000_000);
            }
        } catch (Exception e) {
            throw new AssertionError("while waiting until " + what, e);
        }
    }
}
