package io.srvlab.rdscsi.volume;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * One operation at a time per volume: a second one queues behind the first until its own deadline. An entry lives only
 * while somebody holds it or waits for it.
 */
public final class VolumeLocks {
    private final ConcurrentHashMap<VolumeId, Turnstile> turnstiles = new ConcurrentHashMap<>();

    /** One volume's queue; {@code interested} is changed only inside {@link ConcurrentHashMap#compute}. */
    private static final class Turnstile {
        // A semaphore and no lock: it may be given back by another thread than the one that took it.
        final Semaphore turn = new Semaphore(1, true);
        int interested;
    }

    /** Held by try-with-resources; closing lets the next one in. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for the volume's turn.
     *
     * @throws Failed with {@link Problem.Busy} if the turn did not come before {@code deadline}
     */
    public Hold hold(VolumeId volume, Deadline deadline) {
        var turnstile = turnstiles.compute(volume, (_, present) -> {
            var joined = present == null ? new Turnstile() : present;
            joined.interested++;
            return joined;
        });
        if (!passes(turnstile, deadline)) {
            leave(volume);
            throw new Failed(new Problem.Busy(volume));
        }
        return () -> {
            turnstile.turn.release();
            leave(volume);
        };
    }

    /** How many volumes somebody holds or waits for. */
    public int size() {
        return turnstiles.size();
    }

    private static boolean passes(Turnstile turnstile, Deadline deadline) {
        try {
            return turnstile.turn.tryAcquire(deadline.timeRemaining(NANOSECONDS), NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void leave(VolumeId volume) {
        turnstiles.compute(volume, (_, present) -> present == null || --present.interested == 0 ? null : present);
    }
}
