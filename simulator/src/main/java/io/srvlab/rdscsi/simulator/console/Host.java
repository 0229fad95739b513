package io.srvlab.rdscsi.simulator.console;

import java.time.Duration;

/** What a console runs on: who has a turn when, and where a job's output goes. Called by many sessions at once. */
public interface Host {
    /** Every command is one step, waits hold up nobody, and no file can be written. */
    Host PLAIN = new Host() {};

    /**
     * Between the two steps of a command: it found its items, and has changed none yet.
     *
     * @param command such as {@code /disk/set}
     * @param item the slot or name of the first item, if it has one
     */
    default void between(String command, String item) {}

    /** Waits; others have their turn meanwhile. */
    default void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    /** Runs what a job does, as a line has its turn. */
    default void turn(Runnable job) {
        job.run();
    }

    /** Replaces what is in a file, named as {@code /file} names it; made if it is not there. */
    default void write(String file, String text) throws ConsoleError {
        throw new ConsoleError("failure: can not write file");
    }
}
