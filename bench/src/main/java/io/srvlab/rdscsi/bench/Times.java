package io.srvlab.rdscsi.bench;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/** How long calls took, in milliseconds. Safe for several callers. */
final class Times {
    private final ConcurrentLinkedQueue<Double> milliseconds = new ConcurrentLinkedQueue<>();

    /** Runs {@code call} and keeps how long that took, unless it throws. */
    void of(Runnable call) {
        long began = System.nanoTime();
        call.run();
        milliseconds.add((System.nanoTime() - began) / 1e6);
    }

    int count() {
        return milliseconds.size();
    }

    double p50() {
        return percentile(50);
    }

    double p95() {
        return percentile(95);
    }

    /** Nearest rank. */
    private double percentile(int percent) {
        var sorted = milliseconds.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }
}
