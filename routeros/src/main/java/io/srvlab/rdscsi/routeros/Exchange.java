package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way, on a thread of its own: the library's asynchronous sending answers on the JVM's common pool, which
 * anybody may have filled.
 */
final class Exchange {
    /** Far beyond any listing: what is longer is not an answer. */
    private static final long ANSWER_MAX = 64 * 1024 * 1024;

    /** Down when there is a response or a failure. */
    final CountDownLatch ended = new CountDownLatch(1);

    private final Thread sender;
    private volatile @Nullable HttpResponse<String> response;
    private volatile @Nullable Exception failure;

    /** Begins at once; {@code body} is the request's. */
    Exchange(HttpClient client, HttpRequest request, OnceBody body) {
        sender = Thread.ofVirtual().name("rest").start(() -> {
            try {
                response = client.send(
                        request, BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), ANSWER_MAX));
            } catch (IOException | InterruptedException | RuntimeException e) {
                failure = e;
            } finally {
                ended.countDown();
                body.decided.countDown();
            }
        });
    }

    /** Nobody waits for it any more; its connection is closed. */
    void abandon() {
        sender.interrupt();
    }

    Optional<HttpResponse<String>> response() {
        return Optional.ofNullable(response);
    }

    /** Why there is no response; empty as long as it has not ended. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }
}
