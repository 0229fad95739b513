package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connection of the moment: made when first needed, shared, and replaced when it is retired or dead. */
final class Connections {
    /** The pause before a lost connection is made anew in the background. It doubles: each login is a line in the appliance's log. */
    private static final Duration PAUSE_FIRST = Duration.ofSeconds(1);

    private static final Duration PAUSE_MAX = Duration.ofSeconds(60);
    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(15);

    private final Dialer dialer;
    /** Held while a connection is made, so that one is made for all who wait. */
    private final ReentrantLock making = new ReentrantLock(true);

    private final Thread keeper;
    private final AtomicBoolean keeping = new AtomicBoolean();
    private volatile @Nullable Connection current;
    private volatile boolean closed;

    Connections(Dialer dialer) {
        this.dialer = dialer;
        this.keeper = Thread.ofVirtual().name("keep a connection").unstarted(this::keep);
    }

    /** A connection that the caller is in, and must leave. */
    Connection enter(Patience patience) throws NotSent, InterruptedException {
        return enter(patience, false);
    }

    private Connection enter(Patience patience, boolean forLater) throws NotSent, InterruptedException {
        var usable = entered();
        if (usable != null) return usable;
        if (!making.tryLock(patience.left().toNanos(), NANOSECONDS)) {
            throw new NotSent("no connection yet after " + patience.spent() + ", while another script was connecting");
        }
        try {
            usable = entered();
            if (usable != null) return usable;
            if (closed) throw closed();
            var made = dialer.dial(patience);
            if (forLater) made.lieReady();
            current = made;
            // Whoever closes sets the flag first and looks at the connection then, so one of the two closes it.
            if (closed) made.close();
            if (!made.enter()) throw closed ? closed() : new NotSent("the connection was lost as soon as it was made");
            return made;
        } finally {
            making.unlock();
        }
    }

    /** From now on one that is lost is made anew in the background, so that the next script finds one. */
    void keepOne() {
        if (keeping.compareAndSet(false, true)) keeper.start();
    }

    void close() {
        closed = true;
        keeper.interrupt();
        var last = current;
        if (last != null) last.close();
        dialer.close();
    }

    private void keep() {
        var pause = PAUSE_FIRST;
        try {
            while (!closed) {
                long begun = System.nanoTime();
                awaitLoss();
                var lasted = Duration.ofNanos(System.nanoTime() - begun);
                if (lasted.compareTo(PAUSE_MAX) > 0) pause = PAUSE_FIRST;
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Returns when there is no connection (any more). */
    private void awaitLoss() throws InterruptedException {
        try {
            var connection = enter(Patience.until(Deadline.after(ATTEMPT_MAX.toNanos(), NANOSECONDS)), true);
            connection.leave();
            connection.ended.await();
        } catch (NotSent e) {
            // The next script tries for itself, and says why if it cannot either.
        }
    }

    private @Nullable Connection entered() {
        var now = current;
        return now != null && now.enter() ? now : null;
    }

    private static NotSent closed() {
        return new NotSent("this way in was closed");
    }
}
