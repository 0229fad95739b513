package io.srvlab.rdscsi.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be closed when the process is told to stop: last in, first out; one that fails does not keep the others. */
final class Shutdown {
    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private final Deque<AutoCloseable> closers = new ArrayDeque<>();
    private boolean serving;
    private int status;

    /** One for the process: JVM hooks have no order among themselves. */
    Shutdown() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onExit, "shutdown"));
    }

    synchronized <T extends AutoCloseable> T closing(T closer) {
        closers.push(closer);
        return closer;
    }

    /** From here on, being told to stop (SIGTERM, SIGINT) is the way this process ends, and no failure. */
    synchronized void serving() {
        serving = true;
    }

    /** Ends this process as one that failed; returns at once. */
    void fail(String why) {
        log.error("stopping: {}", why);
        synchronized (this) {
            status = 1;
        }
        // Exit waits for the closers, and one of them may wait for our caller.
        Thread.ofPlatform().name("failed").start(() -> System.exit(1));
    }

    private synchronized void onExit() {
        while (!closers.isEmpty()) {
            var closer = closers.pop();
            try {
                closer.close();
            } catch (Exception e) {
                log.warn("{} did not close", closer.getClass().getSimpleName(), e);
            }
        }
        // A JVM that a signal stops exits with 128 + its number, whatever was closed in good order.
        if (serving) Runtime.getRuntime().halt(status);
    }
}
