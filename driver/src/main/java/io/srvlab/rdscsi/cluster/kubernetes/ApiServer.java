package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.grpc.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Single requests to the API server, each answered by the deadline, whatever the server does. The library's own typed
 * calls take any 404 for "not there" and retry for longer than an RPC lasts, so they are not for questions of life and death.
 */
final class ApiServer {
    private static final int ATTEMPTS_MAX = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    /** Below this, one attempt gets all the time there is. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");
    private static final int WHY_MAX = 300;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final HttpClient http;
    private final URI address;
    private final Executor threads;

    /**
     * Requests over {@code http}, which must not retry by itself.
     *
     * @param threads runs what comes before the first byte is sent: the name's resolution may block
     */
    ApiServer(HttpClient http, URI address, Executor threads) {
        this.http = http;
        this.address = address;
        this.threads = threads;
    }

    /**
     * Reads {@code resource} as it is now: without a resourceVersion the API server asks its own store for the newest. What
     * may pass is tried again within the deadline, at most twice; a connection that died unnoticed costs half the deadline.
     */
    Reply get(Resource resource, Deadline deadline) {
        for (int attempt = 1; ; attempt++) {
            var patience = remaining(deadline);
            if (attempt < ATTEMPTS_MAX) patience = max(patience.dividedBy(2), min(patience, SHORT));
            var reply = once(resource, builder -> builder.uri(uri(resource.path())), patience);
            if (!(reply instanceof Reply.Failed failed) || !failed.passing() || attempt == ATTEMPTS_MAX) return reply;
            var pause = max(failed.retryAfter(), FIRST_PAUSE.multipliedBy(attempt));
            if (pause.compareTo(remaining(deadline)) >= 0 || !slept(pause)) return reply;
        }
    }

    /** Makes {@code resource}; once, since what was not answered may have happened. */
    Reply create(Resource resource, String json, Deadline deadline) {
        return once(
                resource,
                builder -> builder.uri(uri(resource.collection())).post("application/json", json),
                remaining(deadline));
    }

    /** Changes the fields of {@code resource} that are in {@code json} (JSON merge patch, RFC 7396); once. */
    Reply patch(Resource resource, String json, Deadline deadline) {
        return once(
                resource,
                builder -> builder.uri(uri(resource.path())).method("PATCH", "application/merge-patch+json", json),
                remaining(deadline));
    }

    /** Writes {@code resource} whole; a conflict if it is not the resourceVersion in {@code json} any more; once. */
    Reply replace(Resource resource, String json, Deadline deadline) {
        return once(
                resource,
                builder -> builder.uri(uri(resource.path())).put("application/json", json),
                remaining(deadline));
    }

    private Reply once(Resource resource, UnaryOperator<HttpRequest.Builder> request, Duration patience) {
        if (patience.isZero()) return Reply.Failed.silent("no time is left to ask for " + resource);
        try {
            return classified(resource, sent(request, patience));
        } catch (TimeoutException _) {
            return Reply.Failed.silent("no answer for " + resource + " within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            return Reply.Failed.silent("no answer for " + resource + ": " + rootCause(e));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Reply.Failed.silent("interrupted while asking for " + resource);
        }
    }

    /** What the server answered, read to the end. */
    private record Answer(int status, Duration retryAfter, BoundedBody body) {}

    private Answer sent(UnaryOperator<HttpRequest.Builder> request, Duration patience)
            throws ExecutionException, InterruptedException, TimeoutException {
        var body = new BoundedBody();
        var head = CompletableFuture.completedFuture(body)
                .thenComposeAsync(into -> started(request, patience, into), threads);
        var answer = head.thenCompose(response -> {
            response.body().consume();
            return response.body().done().thenApply(_ -> new Answer(response.code(), retryAfter(response), body));
        });
        try {
            return answer.get(patience.toNanos(), NANOSECONDS);
        } finally {
            // Also where the head comes only after we have gone: nothing stays open that nobody reads.
            var _ = head.thenAccept(response -> response.body().cancel());
        }
    }

    private CompletableFuture<HttpResponse<AsyncBody>> started(
            UnaryOperator<HttpRequest.Builder> request, Duration patience, BoundedBody body) {
        var builder = http.newHttpRequestBuilder()
                .header("Accept", "application/json")
                .timeout(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
        return http.consumeBytes(request.apply(builder).build(), body);
    }

    private static Reply classified(Resource resource, Answer answer) {
        JsonNode json;
        try {
            json = JSON.readTree(answer.body().bytes());
        } catch (IOException e) {
            return failed(answer, "HTTP " + answer.status() + " with a body that is not JSON");
        }
        if (answer.status() >= 200 && answer.status() < 300) {
            return resource.is(json)
                    ? new Reply.Found(json)
                    : failed(answer, "HTTP " + answer.status() + " with another object than " + resource);
        }
        if (answer.status() == 404 && resource.isDeniedBy(json)) return new Reply.NotFound();
        var message = json.path("message").asText("");
        return failed(answer, "HTTP " + answer.status() + (message.isEmpty() ? "" : ": " + message));
    }

    private static Reply.Failed failed(Answer answer, String why) {
        return new Reply.Failed(
                answer.status(), answer.retryAfter(), why.length() <= WHY_MAX ? why : why.substring(0, WHY_MAX) + "…");
    }

    /** Retry-After in seconds; the form with a date is not used by Kubernetes. */
    private static Duration retryAfter(HttpResponse<?> response) {
        var text = response.header("Retry-After");
        return text != null && SECONDS.matcher(text).matches()
                ? Duration.ofSeconds(Integer.parseInt(text))
                : Duration.ZERO;
    }

    private URI uri(String path) {
        return address.resolve(address.getRawPath().replaceAll("/+$", "") + path);
    }

    /** The innermost cause that says something; a refused connection is none of them, and has a telling class. */
    private static String rootCause(ExecutionException failure) {
        var said = String.valueOf(
                failure.getCause() == null
                        ? null
                        : failure.getCause().getClass().getSimpleName());
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) said = "no connection to the API server";
            var message = cause.getMessage();
            if (message != null && !message.isBlank() && cause.getCause() == null) said = message;
        }
        return said;
    }

    private static boolean slept(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Duration remaining(Deadline deadline) {
        return Duration.ofNanos(Math.max(0, deadline.timeRemaining(NANOSECONDS)));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
