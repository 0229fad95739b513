package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A request's body on its way: it is handed out at most once, and never when the time for that is over. The library asks for it
 * when the connection stands, however late that is, so whoever gives up waiting must {@link #forbid} it, and one of the two
 * comes first. A request without its body does nothing at the appliance.
 */
final class OnceBody implements BodyPublisher {
    private enum Sending {
        WAITING,
        SENT,
        FORBIDDEN
    }

    private final BodyPublisher body;
    private final Patience patience;
    private final AtomicReference<Sending> sending = new AtomicReference<>(Sending.WAITING);

    /** Down when it was handed out, or never will be. */
    final CountDownLatch decided = new CountDownLatch(1);

    /** A body that is sent only while {@code patience} lasts. */
    OnceBody(byte[] bytes, Patience patience) {
        this.body = BodyPublishers.ofByteArray(bytes);
        this.patience = patience;
    }

    /** Makes sure that it is not sent from now on. False: it has been sent. */
    boolean forbid() {
        return sending.compareAndSet(Sending.WAITING, Sending.FORBIDDEN) || sending.get() == Sending.FORBIDDEN;
    }

    @Override
    public long contentLength() {
        return body.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        boolean first = !patience.over() && sending.compareAndSet(Sending.WAITING, Sending.SENT);
        decided.countDown();
        if (first) {
            body.subscribe(subscriber);
        } else {
            subscriber.onSubscribe(new Nothing());
            subscriber.onError(new IOException("nobody waits for this any more"));
        }
    }

    private static final class Nothing implements Subscription {
        @Override
        public void request(long n) {
            // There is nothing to hand out.
        }

        @Override
        public void cancel() {
            // Nothing was begun.
        }
    }
}
