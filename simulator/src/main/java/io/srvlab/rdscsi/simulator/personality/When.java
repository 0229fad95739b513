package io.srvlab.rdscsi.simulator.personality;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a rule holds. Each time the appliance comes to the decision at the rule's place counts.
 *
 * @param from the first of these times at which it holds, from 1 on
 * @param times at how many it holds
 * @param after how long after it was given it begins
 * @param until how long after it was given it ends; null: never
 */
public record When(
        int from, int times, Duration after, @Nullable Duration until) {
    public static final When ALWAYS = new When(1, Integer.MAX_VALUE, Duration.ZERO, null);
    /** The next time, and then no more. */
    public static final When ONCE = new When(1, 1, Duration.ZERO, null);

    public When {
        if (from < 1 || times < 1) throw new IllegalArgumentException("times are counted from 1");
        if (until != null && until.compareTo(after) <= 0)
            throw new IllegalArgumentException("it ends before it begins");
    }

    /** Not before the {@code n}th time. */
    public When from(int n) {
        return new When(n, times, after, until);
    }

    /** At {@code n} of them. */
    public When times(int n) {
        return new When(from, n, after, until);
    }

    /** Begins that much later. */
    public When after(Duration wait) {
        return new When(from, times, wait, until);
    }

    /** Ends that much later. */
    public When until(Duration end) {
        return new When(from, times, after, end);
    }

    boolean holds(int seen, int used, Duration age) {
        return seen >= from && used < times && age.compareTo(after) >= 0 && (until == null || age.compareTo(until) < 0);
    }
}
