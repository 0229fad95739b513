package io.srvlab.rdscsi.simulator.ssh;

/** Runs what an exec carries. Called from many threads at once. */
@FunctionalInterface
public interface Executor {
    /** The answer; it may take its time, a thread of its own waits for it. */
    Answer run(Caller caller, String exec) throws InterruptedException;
}
