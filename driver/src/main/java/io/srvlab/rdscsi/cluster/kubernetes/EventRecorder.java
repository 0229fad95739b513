package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Event;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events to the API server, from one worker and through one bounded queue. The same event again (volume, reason,
 * about) is counted, and the count written at most once a minute. Best effort: what cannot be posted is dropped and counted.
 */
final class EventRecorder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);

    /** How many events may wait. */
    private static final int WAITING_MAX = 1000;
    /** How many are remembered for counting; beyond that the one longest unused is forgotten, and would begin anew. */
    private static final int REMEMBERED_MAX = 2000;

    /** Between two log lines about events that were dropped. */
    private static final Duration TELLING = Duration.ofSeconds(10);

    private static final int ATTEMPTS_MAX = 5;
    private static final long WRITE_SECONDS = 5;

    /**
     * How often something is written.
     *
     * @param quiet between two writes of one event's count
     * @param forgotten what has not happened for this long is a new event, not a count more
     * @param gap between any two writes
     * @param retry after the first write that failed; twice as long after each further one
     */
    record Pace(Duration quiet, Duration forgotten, Duration gap, Duration retry) {
        /** 20 writes a second, of the hundreds that an API server allows all its users. */
        static final Pace USUAL =
                new Pace(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofMillis(50), Duration.ofSeconds(2));
    }

    private final ApiServer api;
    private final Function<VolumeId, Optional<Volumes.Subject>> subjects;
    private final String driverName;
    private final Pace pace;
    private final Map<Key, Series> series = new LinkedHashMap<>(16, 0.75f, true);
    private final DelayQueue<Due> waiting = new DelayQueue<>();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong toldNanos = new AtomicLong();
    private final Thread worker;

    /** @param subjects what the events of a volume are about, as far as known now */
    EventRecorder(ApiServer api, Function<VolumeId, Optional<Volumes.Subject>> subjects, String driverName, Pace pace) {
        this.pace = pace;
        this.api = api;
        this.subjects = subjects;
        this.driverName = driverName;
        this.worker = Thread.ofVirtual().name("events").unstarted(this::work);
    }

    void start() {
        worker.start();
    }

    private record Key(VolumeId volume, Event.Reason reason, String about) {}

    /** One event and how often it happened. Guarded by {@link #series}. */
    private static final class Series {
        final Instant first;
        Instant last;
        int count;
        String message;
        boolean waits;
        int attempts;
        long writtenNanos;

        @Nullable
        EventObject posted;

        Series(Instant now, String message, Duration quiet) {
            this.first = now;
            this.last = now;
            this.message = message;
            this.writtenNanos = System.nanoTime() - quiet.toNanos();
        }
    }

    private record Due(Key key, long atNanos) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atNanos - System.nanoTime(), NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(NANOSECONDS), other.getDelay(NANOSECONDS));
        }
    }

    /** Never blocks and never throws. */
    void post(Event event) {
        var key = new Key(event.volume(), event.reason(), event.about());
        var now = Instant.now();
        synchronized (series) {
            var one = series.get(key);
            if (one == null || one.last.isBefore(now.minus(pace.forgotten()))) {
                one = new Series(now, event.message(), pace.quiet());
                series.put(key, one);
                forgetOldest();
            }
            one.last = now;
            one.message = event.message();
            one.count++;
            if (!one.waits)
                enqueue(
                        key,
                        one,
                        Math.max(
                                System.nanoTime(),
                                one.writtenNanos + pace.quiet().toNanos()));
        }
    }

    /** How many events were never shown, since the start. */
    long dropped() {
        return dropped.get();
    }

    private void forgetOldest() {
        if (series.size() <= REMEMBERED_MAX) return;
        var oldest = series.entrySet().iterator();
        var _ = oldest.next();
        oldest.remove();
    }

    private void enqueue(Key key, Series one, long atNanos) {
        if (waiting.size() >= WAITING_MAX) {
            drop(key, "too many events wait");
            return;
        }
        one.waits = true;
        waiting.add(new Due(key, atNanos));
    }

    private void work() {
        try {
            while (true) {
                write(waiting.take().key());
                Thread.sleep(pace.gap());
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void write(Key key) {
        var subject = subjects.apply(key.volume());
        EventObject event;
        Series one;
        synchronized (series) {
            one = series.get(key);
            if (one == null) return;
            one.waits = false;
            if (subject.isEmpty()) {
                // Its PersistentVolume may be newer than what the informers have seen.
                later(key, one, "no PersistentVolume of this volume is known");
                return;
            }
            one.writtenNanos = System.nanoTime();
            event = EventObject.of(key.reason(), subject.get(), driverName, one.posted)
                    .counted(one.message, one.first, one.last, one.count);
        }
        var reply = written(event, one.posted);
        synchronized (series) {
            if (!(reply instanceof Reply.Failed failed)) {
                one.posted = event;
                one.attempts = 0;
            } else if (failed.passing()) {
                later(key, one, failed.why());
            } else {
                one.posted = null;
                drop(key, failed.why());
            }
        }
    }

    /** The API server forgets events after an hour: what is not there any more is made again. */
    private Reply written(EventObject event, @Nullable EventObject before) {
        var deadline = Deadline.after(WRITE_SECONDS, SECONDS);
        if (before != null && before.resource().equals(event.resource())) {
            var reply = api.patch(event.resource(), event.patch(), deadline);
            if (!(reply instanceof Reply.NotFound)) return reply;
        }
        var reply = api.create(event.resource(), event.json(), deadline);
        // A create whose answer was lost has happened: the name is ours alone.
        return reply instanceof Reply.Failed failed && failed.conflict()
                ? api.patch(event.resource(), event.patch(), deadline)
                : reply;
    }

    private void later(Key key, Series one, String why) {
        if (one.waits) return;
        if (++one.attempts >= ATTEMPTS_MAX) {
            one.attempts = 0;
            drop(key, why);
            return;
        }
        enqueue(key, one, System.nanoTime() + pace.retry().toNanos() * (1L << (one.attempts - 1)));
    }

    /** Told now and then only: where one event is dropped, hundreds may be. */
    private void drop(Key key, String why) {
        var all = dropped.incrementAndGet();
        var last = toldNanos.get();
        var now = System.nanoTime();
        var recently = all > 1 && now - last < TELLING.toNanos();
        if (recently || !toldNanos.compareAndSet(last, now)) return;
        log.warn(
                "volume {}: event {} is not shown ({} so far): {}",
                key.volume(),
                key.reason().text(),
                all,
                why);
    }

    @Override
    public void close() {
        worker.interrupt();
    }
}
