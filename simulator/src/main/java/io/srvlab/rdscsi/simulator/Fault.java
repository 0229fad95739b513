package io.srvlab.rdscsi.simulator;

import java.time.Duration;

/** What goes wrong with one command line. */
public sealed interface Fault {
    /** It never runs: the connection is cut. */
    record DropBeforeApplying() implements Fault {}

    /** It runs, and the connection is cut before its answer. */
    record DropAnswerAfterApplying() implements Fault {}

    /** No answer comes as long as the simulator lives; whether the line ran is {@code applied}. */
    record Stall(boolean applied) implements Fault {}

    /** It does not run; this text comes, with the exit status of a success. */
    record ErrorWithStatusZero(String text) implements Fault {}

    /** It runs and is answered that much later, even if nobody waits for it any more. */
    record Delay(Duration by) implements Fault {}
}
