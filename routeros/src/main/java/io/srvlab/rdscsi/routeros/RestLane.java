package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.routeros.Carrier.Run;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** One user's connection: one request at a time; a fresh one for each change, after a silence, and after anything that went wrong. */
final class RestLane {
    /** How long a connection may lie unused before it is not trusted with a read any more: one that died unnoticed takes it and stalls. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private static final String CLOSED = "this way in was closed";

    /** What came of a request that was sent. */
    sealed interface Outcome {}

    record Answered(HttpResponse<String> response) implements Outcome {}

    /**
     * No answer, or not a whole one.
     *
     * @param hung whether it was waited for in vain
     */
    record Lost(String why, boolean hung) implements Outcome {}

    private final String user;
    private final SSLContext trust;
    private final Executor threads;
    private @Nullable HttpClient client;
    private long usedNanos;
    private boolean closed;

    RestLane(String user, SSLContext trust, Executor threads) {
        this.user = user;
        this.trust = trust;
        this.threads = threads;
    }

    /**
     * Sends {@code request} once at most, and waits for its answer.
     *
     * @param body the request's
     * @throws NotSent if nothing of the body has been sent, nor will be
     */
    Outcome exchange(HttpRequest request, OnceBody body, Run run) throws NotSent, InterruptedException {
        var coming = new Exchange(client(run.script().changes()), request, body);
        try {
            Patience.await(body.decided, run.sending().left());
        } catch (InterruptedException e) {
            if (body.forbid()) {
                drop(coming);
                throw e;
            }
            // Too late: it was sent, and whoever waits for its answer is to find out.
            Thread.currentThread().interrupt();
        }
        if (body.forbid()) {
            var why = whyNotSent(coming, run.sending());
            drop(coming);
            throw new NotSent(why);
        }
        return answer(coming, run.answering());
    }

    synchronized void close() {
        closed = true;
        if (client != null) client.shutdownNow();
    }

    /**
     * A server may close a connection in the very moment in which a request goes out on it, and nobody can tell then whether
     * it arrived. A read is asked again; so a change alone has a connection of its own, which costs it two or three round trips.
     */
    private synchronized HttpClient client(boolean toChange) throws NotSent {
        if (closed) throw new NotSent(CLOSED);
        var now = client;
        if (now != null && !toChange && System.nanoTime() - usedNanos < SILENCE_MAX.toNanos()) return now;
        if (now != null) now.shutdownNow();
        var parameters = new SSLParameters();
        // RouterOS speaks 1.2 and no later.
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        var fresh = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .sslContext(trust)
                .sslParameters(parameters)
                .executor(threads)
                .build();
        client = fresh;
        return fresh;
    }

    private synchronized void drop(Exchange coming) {
        coming.abandon();
        if (client != null) client.shutdownNow();
        client = null;
    }

    private synchronized void used() {
        usedNanos = System.nanoTime();
    }

    private Outcome answer(Exchange coming, Patience patience) {
        boolean came = false;
        boolean interrupted = false;
        try {
            came = Patience.await(coming.ended, patience.left());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupted = true;
        }
        if (!came) {
            drop(coming);
            if (interrupted) return new Lost("interrupted while waiting for the answer", false);
            return new Lost(
                    "no answer within %s: the appliance may be busy, or still at it".formatted(patience.spent()), true);
        }
        var response = coming.response();
        if (response.isEmpty()) {
            drop(coming);
            return new Lost(
                    "the connection was lost after %s, before the whole answer: %s"
                            .formatted(patience.spent(), said(coming.failure())),
                    false);
        }
        used();
        return new Answered(response.get());
    }

    private synchronized String whyNotSent(Exchange coming, Patience patience) {
        if (closed) return CLOSED;
        var failure = coming.failure();
        if (failure.isEmpty()) {
            return "no TLS connection within %s: check the address, the network and the firewall, and that this is the port of /ip/service www-ssl"
                    .formatted(patience.spent());
        }
        for (Throwable e = failure.get(); e != null; e = e.getCause()) {
            if (e instanceof PinnedTrust.OtherCertificate other) return String.valueOf(other.getMessage());
            if (e instanceof SSLException) {
                return "the TLS handshake failed (%s): is this the port of /ip/service www-ssl, and has it a certificate?"
                        .formatted(said(failure));
            }
        }
        return "no connection came about for user %s (%s): check the address, and that /ip/service has www-ssl enabled on this port and for our address"
                .formatted(user, said(failure));
    }

    private static String said(Optional<Exception> failure) {
        Throwable said = failure.orElseThrow(() -> new IllegalStateException("it ended without a failure"));
        while (said.getMessage() == null && said.getCause() != null) said = said.getCause();
        var message = said.getMessage();
        return ForeignText.bounded(message == null ? said.getClass().getSimpleName() : message);
    }
}
