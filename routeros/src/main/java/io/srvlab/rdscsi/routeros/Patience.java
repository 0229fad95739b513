package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How long one run may still take, and how long it has taken. */
record Patience(Deadline deadline, long begunNanos) {
    static Patience until(Deadline deadline) {
        return new Patience(deadline, System.nanoTime());
    }

    boolean over() {
        return deadline.isExpired();
    }

    /** What is left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
    }

    /** What is left, or {@code most} if that is less. */
    Duration left(Duration most) {
        var left = left();
        return left.compareTo(most) < 0 ? left : most;
    }

    /** Half of what is left, or {@code most} if that is less: so that there is time for another way. */
    Duration half(Duration most) {
        var half = left().dividedBy(2);
        return half.compareTo(most) < 0 ? half : most;
    }

    /** What was spent, for people: {@code 3.0 s}. */
    String spent() {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begunNanos) / 1e9);
    }

    /** Waits for {@code latch}, at most {@code most}; whether it came. */
    static boolean await(CountDownLatch latch, Duration most) throws InterruptedException {
        return latch.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }
}
