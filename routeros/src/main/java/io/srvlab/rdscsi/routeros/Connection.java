package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.ConnectionService;

/** One authenticated connection, shared by the scripts that run at the same time. */
final class Connection {
    /** Added to the number of users when the connection is retired; so one number tells both, in one step. */
    private static final int RETIRED = 1 << 20;

    /**
     * How long a connection that was not made just now may be silent when asked for a channel, before it is taken for dead:
     * whatever lies in between may have forgotten it without a word. A channel is confirmed before any command is looked
     * at, within 0.1 s by an appliance at work; a new connection takes half a second.
     */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(3);

    private final ClientSession session;
    private final AtomicInteger users = new AtomicInteger();
    /** Down when it takes no more users. */
    final CountDownLatch ended = new CountDownLatch(1);
    /** A slow appliance that has only just let us in is given more time. */
    private volatile boolean madeJustNow = true;

    Connection(ClientSession session) {
        this.session = session;
        session.addCloseFutureListener(_ -> ended.countDown());
    }

    /** Takes part in the connection until {@link #leave}. False: it takes no more users. */
    boolean enter() {
        if (!session.isOpen()) return false;
        return users.getAndUpdate(now -> now >= RETIRED ? now : now + 1) < RETIRED;
    }

    void leave() {
        if (users.decrementAndGet() == RETIRED) session.close(true);
    }

    /** Lets nobody in any more, and closes when the last user has left. */
    void retire() {
        ended.countDown();
        if (users.getAndUpdate(now -> now >= RETIRED ? now : now + RETIRED) == 0) session.close(true);
    }

    void close() {
        session.close(true);
    }

    /** It is there for whoever comes, whenever that is. */
    void lieReady() {
        madeJustNow = false;
    }

    /**
     * Sends {@code exec} on a channel of its own. False: it was not sent, and never will be.
     *
     * @throws NotSent if the server said that it opens no channel
     */
    boolean send(Exec exec, Patience patience) throws NotSent, InterruptedException {
        try {
            open(exec);
            Patience.await(exec.decided, madeJustNow ? patience.left() : patience.half(SILENCE_MAX));
        } catch (IOException dead) {
            return !exec.forbid();
        } catch (InterruptedException e) {
            if (exec.forbid()) throw e;
            // Too late: it was sent, and whoever waits for its answer is to find out.
            Thread.currentThread().interrupt();
        }
        if (!exec.forbid()) {
            madeJustNow = false;
            return true;
        }
        var refusal = exec.refusal();
        if (refusal != null) {
            throw new NotSent("the appliance opens no further session (%s): is somebody else using them up?"
                    .formatted(ForeignText.bounded(refusal)));
        }
        return false;
    }

    private void open(Exec exec) throws IOException {
        var service = session.getService(ConnectionService.class);
        if (service == null) throw new IOException("the connection is closing");
        service.registerChannel(exec);
        exec.open();
    }
}
