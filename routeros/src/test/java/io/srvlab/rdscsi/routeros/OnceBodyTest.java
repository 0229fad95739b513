package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OnceBodyTest {
    private final List<String> handedOut = new ArrayList<>();
    private final List<Throwable> refused = new ArrayList<>();

    @Test
    void aBodyIsHandedOutOnce() {
        var body = body(20);
        body.subscribe(new Library());
        body.subscribe(new Library());
        assertThat(handedOut).containsExactly("script");
        assertThat(refused).hasSize(1);
        assertThat(body.forbid()).as("too late").isFalse();
    }

    @Test
    void aForbiddenBodyIsNeverHandedOut() {
        var body = body(20);
        assertThat(body.forbid()).isTrue();
        body.subscribe(new Library());
        assertThat(handedOut).isEmpty();
        assertThat(refused).hasSize(1);
        assertThat(body.forbid()).as("and stays so").isTrue();
    }

    @Test
    void norIsOneWhoseTimeIsOver() {
        var body = body(0);
        body.subscribe(new Library());
        assertThat(handedOut).isEmpty();
        assertThat(body.decided.getCount()).isZero();
        assertThat(body.forbid()).isTrue();
    }

    private static OnceBody body(long seconds) {
        return new OnceBody("script".getBytes(UTF_8), Patience.until(Deadline.after(seconds, TimeUnit.SECONDS)));
    }

    private final class Library implements Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            handedOut.add(UTF_8.decode(bytes).toString());
        }

        @Override
        public void onError(Throwable failure) {
            refused.add(failure);
        }

        @Override
        public void onComplete() {}
    }
}
