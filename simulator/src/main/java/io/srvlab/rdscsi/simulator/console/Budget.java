package io.srvlab.rdscsi.simulator.console;

/** What one run may use, so that no script runs for ever or fills the memory. */
final class Budget {
    private static final long STEPS = 1_000_000;
    private static final long CHARACTERS = 64L << 20;

    private long steps;
    private long characters;

    /** Counts one statement or one turn of a loop. */
    void step() {
        if (++steps > STEPS) throw new Signal.Exhausted("failure: script takes too many steps");
    }

    /** Counts text or values that a script makes. */
    void made(long count) {
        characters += count;
        if (characters > CHARACTERS) throw new Signal.Exhausted("failure: out of memory");
    }
}
