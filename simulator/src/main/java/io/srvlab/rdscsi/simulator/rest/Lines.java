package io.srvlab.rdscsi.simulator.rest;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.ssh.Answer;
import io.srvlab.rdscsi.simulator.ssh.Caller;
import java.time.Duration;

/** Has a request take effect as a command line does: in its turn, after its time, or not at all. */
public interface Lines {
    /** What a request does. */
    @FunctionalInterface
    interface Work {
        Console.Output run();
    }

    /**
     * Does {@code work} once at most.
     *
     * @param line the command line that would do the same
     */
    Answer answer(Caller caller, String line, Work work) throws InterruptedException;

    /** From within work: waits while others have their turn. */
    void pause(Duration time) throws InterruptedException;
}
