package io.srvlab.rdscsi.fencing;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.InFlight;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cut is not drained: a write that the appliance had accepted may still land. A drain watches a cut volume until nothing
 * can land any more, then records it free. It is over when operations in flight were 0 twice, at least 1 s apart, on
 * counters that have counted something on this very item; else when the whole settle time has passed since this process
 * first saw the export off. Drains run behind the RPC that began them; one that fails leaves the record as it was, and the
 * next publish begins another.
 */
final class Drains implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Drains.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final Appliance appliance;
    private final Doors doors;
    private final ShutDoor shutDoor;
    private final Duration settle;
    private final Consumer<Happening> listener;
    private final Map<Key, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private record Key(VolumeId volume, String comment) {}

    Drains(Appliance appliance, Doors doors, ShutDoor shutDoor, Duration settle, Consumer<Happening> listener) {
        this.appliance = appliance;
        this.doors = doors;
        this.shutDoor = shutDoor;
        this.settle = settle;
        this.listener = listener;
    }

    /** Begins the drain of what {@code cut} records, unless it runs already. */
    void begin(VolumeId volume, Comment.Recorded cut) {
        var _ = begun(volume, cut);
    }

    private CompletableFuture<Void> begun(VolumeId volume, Comment.Recorded cut) {
        var key = new Key(volume, cut.text());
        var mine = new CompletableFuture<Void>();
        var present = running.putIfAbsent(key, mine);
        if (present != null) return present;
        try {
            threads.execute(() -> run(key, cut, mine));
        } catch (RejectedExecutionException e) {
            // Stopping: the cut stands as recorded, and the next process goes on from there.
            running.remove(key, mine);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    private void run(Key key, Comment.Recorded cut, CompletableFuture<Void> result) {
        try {
            drain(key.volume(), cut);
            result.complete(null);
        } catch (Failed e) {
            log.warn("volume {}: cut, and not shown to be drained: {}", key.volume(), e.getMessage());
            listener.accept(new Happening.Drained(key.volume(), Happening.How.FAILED));
            result.completeExceptionally(e);
        } catch (InterruptedException e) {
            result.completeExceptionally(e);
        } catch (RuntimeException e) {
            log.error("volume {}: cut, and its drain ended on a mistake of the driver", key.volume(), e);
            result.completeExceptionally(e);
        } finally {
            running.remove(key, result);
        }
    }

    /**
     * Waits for the drain of what {@code cut} records; afterwards the item is to be read again.
     *
     * @throws Failed with what kept it from ending, {@link Problem.NotDrained} at the deadline
     */
    void await(VolumeId volume, Comment.Recorded cut, Deadline deadline) {
        try {
            begun(volume, cut).get(deadline.timeRemaining(NANOSECONDS), NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failed failed) throw failed;
            var stopping =
                    e.getCause() instanceof InterruptedException || e.getCause() instanceof RejectedExecutionException;
            var why = stopping ? "this controller is stopping" : "watching it failed: " + e.getCause();
            throw new Failed(new Problem.NotDrained(volume, why), e);
        } catch (TimeoutException _) {
            throw new Failed(new Problem.NotDrained(volume, "the drain has not ended within this call"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed(new Problem.NotDrained(volume, "the wait was interrupted"), e);
        }
    }

    private void drain(VolumeId volume, Comment.Recorded cut) throws InterruptedException {
        var how = watch(volume);
        doors.lookToCut(volume, answerBy()).ifPresent(disk -> shutDoor.need(disk, answerBy()));
        doors.recordDrained(volume, cut, answerBy());
        listener.accept(new Happening.Drained(volume, how));
    }

    private Happening.How watch(VolumeId volume) throws InterruptedException {
        var settled = Deadline.after(settle.toMillis(), MILLISECONDS);
        var patience = Deadline.after(settle.plus(PATIENCE).toMillis(), MILLISECONDS);
        var zeroSeen = false;
        var everBelieved = false;
        while (!patience.isExpired()) {
            var counted = appliance.inFlight(volume, answerBy());
            // Counters that never moved on this item prove nothing about it; once they have, only they end the drain.
            everBelieved |= counted.map(InFlight::everCounted).orElse(false);
            var zero = counted.map(count -> count.operations() == 0).orElse(!everBelieved);
            if (zero && everBelieved && zeroSeen) return Happening.How.COUNTED;
            if (zero && !everBelieved && settled.isExpired()) return Happening.How.SETTLED;
            zeroSeen = zero && everBelieved;
            Thread.sleep(pause(settled, everBelieved));
        }
        throw new Failed(
                new Problem.NotDrained(volume, "operations are still in flight after " + PATIENCE.toSeconds() + " s"));
    }

    private static Duration pause(Deadline settled, boolean believed) {
        var rest = Duration.ofNanos(Math.max(0, settled.timeRemaining(NANOSECONDS)));
        return !believed && rest.compareTo(BETWEEN_LOOKS) < 0 ? rest.plusMillis(1) : BETWEEN_LOOKS;
    }

    private static Deadline answerBy() {
        return Deadline.after(ANSWER.toSeconds(), SECONDS);
    }

    /** Stops watching; what was not shown to be drained stays recorded as cut. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
