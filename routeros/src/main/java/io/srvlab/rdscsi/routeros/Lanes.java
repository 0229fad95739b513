package io.srvlab.rdscsi.routeros;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Who goes next: a few lanes, and any number of scripts that wait for one. Of two lanes or more, lane 0 is for fencing
 * alone. A lane that falls free goes to whoever has waited longest among those that may use it, fencing first. It knows
 * nothing of connections, so that every way in can keep the promise of {@link RouterOs#fencing} with it.
 */
final class Lanes {
    /** In the order in which they go. */
    enum Rank {
        FENCING,
        ORDINARY
    }

    private final int count;
    // All below under this object's monitor, which is never held while anybody waits.
    private final TreeSet<Integer> free = new TreeSet<>();
    /** Those in which the last script hung, the latest last. */
    private final SequencedSet<Integer> suspect = new LinkedHashSet<>();

    private final SequencedSet<Waiter> fencing = new LinkedHashSet<>();
    private final SequencedSet<Waiter> ordinary = new LinkedHashSet<>();

    private static final class Waiter {
        final CountDownLatch called = new CountDownLatch(1);

        @Nullable
        Lane lane;
    }

    /** One lane, in use until it is closed. */
    final class Lane implements AutoCloseable {
        final int number;
        private volatile boolean hung;

        private Lane(int number) {
            this.number = number;
        }

        /** No answer came in it: what it stands for may still be at it, so that others are better for now. */
        void hung() {
            hung = true;
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }

    Lanes(int count) {
        if (count < 1) throw new IllegalArgumentException("at least one lane is needed, not " + count);
        this.count = count;
        for (int number = 0; number < count; number++) free.add(number);
    }

    /** A lane, once it is this script's turn; nothing if that did not come in time. */
    Optional<Lane> enter(Rank rank, Patience patience) throws InterruptedException {
        var waiter = new Waiter();
        join(rank, waiter);
        try {
            var _ = Patience.await(waiter.called, patience.left());
        } catch (InterruptedException e) {
            leave(rank, waiter).ifPresent(Lane::close);
            throw e;
        }
        // Also who waited too long may have been called in this very moment, and then the lane is his.
        return leave(rank, waiter);
    }

    /** How many lanes are open to scripts of {@code rank}. */
    int open(Rank rank) {
        return count - first(rank);
    }

    /** How many scripts wait. */
    synchronized int waiting() {
        return fencing.size() + ordinary.size();
    }

    private synchronized void join(Rank rank, Waiter waiter) {
        queue(rank).addLast(waiter);
        callNext();
    }

    private synchronized Optional<Lane> leave(Rank rank, Waiter waiter) {
        queue(rank).remove(waiter);
        return Optional.ofNullable(waiter.lane);
    }

    private synchronized void giveBack(Lane lane) {
        if (lane.hung) suspect.addLast(lane.number);
        else suspect.remove(lane.number);
        free.add(lane.number);
        callNext();
    }

    private void callNext() {
        for (var rank : Rank.values()) {
            var queue = queue(rank);
            while (!queue.isEmpty()) {
                var lane = best(first(rank));
                if (lane == null) break;
                free.remove(lane);
                var next = queue.removeFirst();
                next.lane = new Lane(lane);
                next.called.countDown();
            }
        }
    }

    /**
     * The lowest, since fencing leaves the others to those that may not use lane 0. One that hung only where no other is free, and
     * then the one of which that is longest ago: the likeliest to be at an end.
     */
    private @Nullable Integer best(int first) {
        for (var lane : free.tailSet(first)) if (!suspect.contains(lane)) return lane;
        for (var lane : suspect) if (lane >= first && free.contains(lane)) return lane;
        return null;
    }

    private SequencedSet<Waiter> queue(Rank rank) {
        return switch (rank) {
            case FENCING -> fencing;
            case ORDINARY -> ordinary;
        };
    }

    /** The first lane open to {@code rank}; so are all after it. */
    private int first(Rank rank) {
        return rank == Rank.FENCING || count == 1 ? 0 : 1;
    }
}
