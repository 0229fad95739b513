package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.personality.Words;
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

    /** The appliance reboots and answers nothing; whether the line ran before is {@code applied}. */
    record Reboot(boolean applied) implements Fault {}

    /**
     * One of {@code drop-before-applying}, {@code drop-answer-after-applying}, {@code stall-applied},
     * {@code stall-unapplied}, {@code error TEXT}, {@code delay 20s}, {@code reboot-before-applying},
     * {@code reboot-after-applying}.
     *
     * @throws IllegalArgumentException it is none of them
     */
    static Fault parse(String text) {
        var words = text.split(" ", 2);
        var detail = words.length == 2 ? words[1] : "";
        return switch (words[0]) {
            case "drop-before-applying" -> new DropBeforeApplying();
            case "drop-answer-after-applying" -> new DropAnswerAfterApplying();
            case "stall-applied" -> new Stall(true);
            case "stall-unapplied" -> new Stall(false);
            case "error" -> new ErrorWithStatusZero(detail + "\n");
            case "delay" -> new Delay(Words.duration(detail));
            case "reboot-before-applying" -> new Reboot(false);
            case "reboot-after-applying" -> new Reboot(true);
            default -> throw new IllegalArgumentException("no such fault: " + text);
        };
    }
}
