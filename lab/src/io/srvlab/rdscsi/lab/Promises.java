package io.srvlab.rdscsi.lab;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The lines that a scenario prints: each promise, how it went, and how long that took. */
final class Promises {
    private int broken;

    /** What has to happen, and throws if it does not. */
    interface Deed {
        void run() throws Exception;
    }

    /** Goes on after a promise that was not kept: what comes next says more about why. */
    void hold(String promise, Deed deed) {
        var began = System.nanoTime();
        try {
            deed.run();
            System.out.printf("ok     %5d ms  %s%n", since(began), promise);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (Exception | AssertionError e) {
            broken++;
            System.out.printf("FAILED %5d ms  %s%n                 %s%n", since(began), promise, e);
        }
    }

    /** The exit status that says how it went. */
    int status() {
        return broken == 0 ? 0 : 1;
    }

    static void expect(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static void same(Object wanted, Object found) {
        expect(wanted.equals(found), "wanted " + wanted + ", found " + found);
    }

    /** What is to become true. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits for it, and no longer than so many seconds. */
    static void until(String otherwise, long seconds, Condition condition) throws Exception {
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            expect(System.nanoTime() < end, otherwise);
            Thread.sleep(100);
        }
    }

    private static long since(long began) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }
}
