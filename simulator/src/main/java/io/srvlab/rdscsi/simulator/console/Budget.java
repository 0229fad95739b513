package io.srvlab.rdscsi.simulator.console;

import java.time.Duration;

/** What one run may use, so that no script runs for ever or fills the memory. */
final class Budget {
    private static final long STEPS = 1_000_000;
    private static final long CHARACTERS = 64L << 20;
    /** For computing; waits are not counted. */
    private static final Duration TIME = Duration.ofSeconds(10);

    private long steps;
    private long characters;
    private long end = System.nanoTime() + TIME.toNanos();

    /** Counts one statement or one turn of a loop. */
    void step() {
        if (++steps > STEPS) throw new Signal.Exhausted("failure: script takes too many steps");
        if (Thread.currentThread().isInterrupted()) throw new Signal.Exhausted("interrupted");
        if (System.nanoTime() - end > 0) throw new Signal.Exhausted("failure: script takes too long");
    }

    /** Counts text or values that a script makes. */
    void made(long count) {
        characters += count;
        if (characters > CHARACTERS) throw new Signal.Exhausted("failure: out of memory");
    }

    /** Waits on this host. */
    void pause(Host host, Duration time) throws InterruptedException {
        long began = System.nanoTime();
        try {
            host.pause(time);
        } finally {
            end += System.nanoTime() - began;
        }
    }
}
