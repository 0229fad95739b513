package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Another way in, on which callers that ask the same read share one. Whoever comes while it is being asked waits for the next,
 * with all others who came meanwhile; so no reply is older than the question, and a thousand callers cost two command
 * lines. Who has waited for {@value #PATIENCE_MILLIS} ms asks alone: a read that hangs holds up nobody else for longer. Changes, and all
 * that goes before others, pass as they are.
 */
public final class SharedReads implements RouterOs {
    private static final long PATIENCE_MILLIS = 2_000;

    private final RouterOs routerOs;
    private final long patienceMillis;
    /** The reads that are being asked, with those who wait for the next time. Under this map's monitor. */
    private final Map<Script, Next> asked = new HashMap<>();

    private static final class Next {
        @Nullable
        Batch batch;
    }

    /** Callers who came while it was being asked. */
    private static final class Batch {
        final CompletableFuture<Reply> reply = new CompletableFuture<>();
        Deadline latest;
        int callers = 1;

        Batch(Deadline deadline) {
            latest = deadline;
        }

        Batch joinedBy(Deadline deadline) {
            if (latest.isBefore(deadline)) latest = deadline;
            callers++;
            return this;
        }
    }

    /** {@code routerOs} is closed with this. */
    public SharedReads(RouterOs routerOs) {
        this(routerOs, PATIENCE_MILLIS);
    }

    SharedReads(RouterOs routerOs, long patienceMillis) {
        this.routerOs = routerOs;
        this.patienceMillis = patienceMillis;
    }

    @Override
    public Reply run(Script script, Deadline deadline) {
        if (script.changes()) return routerOs.run(script, deadline);
        var batch = join(script, deadline);
        if (batch != null) return await(batch, script, deadline);
        try {
            return routerOs.run(script, deadline);
        } finally {
            askForThoseWhoCame(script);
        }
    }

    /** Nobody asks it now: null, and the caller does. */
    private @Nullable Batch join(Script script, Deadline deadline) {
        synchronized (asked) {
            var next = asked.get(script);
            if (next == null) {
                asked.put(script, new Next());
                return null;
            }
            next.batch = next.batch == null ? new Batch(deadline) : next.batch.joinedBy(deadline);
            return next.batch;
        }
    }

    /** How many callers wait for the next time that {@code script} is asked. */
    int waiting(Script script) {
        synchronized (asked) {
            var next = asked.get(script);
            return next == null || next.batch == null ? 0 : next.batch.callers;
        }
    }

    private void askForThoseWhoCame(Script script) {
        Batch batch;
        synchronized (asked) {
            var next = asked.remove(script);
            batch = next == null ? null : next.batch;
            if (batch != null) asked.put(script, new Next());
        }
        if (batch != null) Thread.ofVirtual().name("shared read").start(() -> ask(script, batch));
    }

    private void ask(Script script, Batch batch) {
        try {
            batch.reply.complete(routerOs.run(script, batch.latest));
        } catch (RuntimeException e) {
            batch.reply.completeExceptionally(e);
        } finally {
            askForThoseWhoCame(script);
        }
    }

    private Reply await(Batch batch, Script script, Deadline deadline) {
        try {
            var millis = Math.clamp(deadline.timeRemaining(MILLISECONDS), 0, patienceMillis);
            return batch.reply.get(millis, MILLISECONDS);
        } catch (TimeoutException e) {
            return routerOs.run(script, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CouldNotAsk("together with other callers", "interrupted while waiting for them", Fate.NOT_SENT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a shared read failed", e.getCause());
        }
    }

    @Override
    public RouterOs fencing() {
        return routerOs.fencing();
    }

    @Override
    public void close() {
        routerOs.close();
    }
}
