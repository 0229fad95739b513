package io.srvlab.rdscsi.simulator.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.ssh.Answer;
import io.srvlab.rdscsi.simulator.ssh.Caller;
import io.srvlab.rdscsi.simulator.ssh.Executor;
import io.srvlab.rdscsi.simulator.user.Users;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST service. One request at a time for each user, and the next ones wait; a request that takes too long is answered
 * with 400 "Session closed", and what it began goes on.
 */
public final class RestFront implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RestFront.class);
    private static final int BODY_MAX = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What is served.
     *
     * @param console runs what {@code /rest/execute} carries
     * @param lines has every other request take effect
     * @param menus by path, {@code system/resource}
     * @param users who gets in, with which password, and what they may do
     */
    public record Served(Executor console, Lines lines, Map<String, Menu> menus, Users users) {}

    private final HttpsServer server;
    private final Function<String, Duration> cutAfter;
    private final Served served;
    private final Resources resources;
    private final String fingerprint;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    private RestFront(HttpsServer server, Function<String, Duration> cutAfter, Served served, Identity identity)
            throws IOException {
        this.server = server;
        this.cutAfter = cutAfter;
        this.served = served;
        resources = new Resources(served.menus(), served.lines());
        fingerprint = identity.fingerprint();
    }

    /**
     * Listens from now on; port 0 takes any.
     *
     * @param state the directory where the certificate is kept; it is made on first use
     * @param cutAfter how long a request may take; 60 s for an appliance
     */
    public static RestFront start(InetSocketAddress listen, Path state, Duration cutAfter, Served served)
            throws IOException {
        return start(listen, state, _ -> cutAfter, served);
    }

    /** The same, whose cut goes by the request: its method, its path and its body, with blanks between. */
    public static RestFront start(
            InetSocketAddress listen, Path state, Function<String, Duration> cutAfter, Served served)
            throws IOException {
        var identity = Identity.in(state.resolve("rest_certificate"));
        var server = HttpsServer.create(listen, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                var tls = getSSLContext().getDefaultSSLParameters();
                tls.setProtocols(new String[] {"TLSv1.2"});
                parameters.setSSLParameters(tls);
            }
        });
        var front = new RestFront(server, cutAfter, served, identity);
        server.setExecutor(front.threads);
        server.createContext("/rest", front::handle);
        server.start();
        return front;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** SHA-256 of the certificate, in hex digits. */
    public String fingerprint() {
        return fingerprint;
    }

    /** Stops listening and cuts every connection off. When it returns, nothing runs any more. */
    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readNBytes(BODY_MAX);
            var authorization = exchange.getRequestHeaders().getFirst("Authorization");
            var user = Login.of(authorization)
                    .filter(login -> served.users().mayEnter(login.user(), Policy.REST_API))
                    .filter(login -> served.users().hasPassword(login.user(), login.password()))
                    .map(Login::user);
            if (user.isEmpty()) {
                send(exchange, Answered.error(401, null));
                return;
            }
            var turn = turns.computeIfAbsent(user.get(), _ -> new Semaphore(1, true));
            turn.acquire();
            try {
                inTurn(exchange, user.get(), body);
            } finally {
                turn.release();
            }
        } catch (InterruptedException e) {
            log.debug("stopped with the service");
        } catch (RuntimeException e) {
            // The model is at fault: no answer is better than a made-up one.
            log.error("failed on {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        }
    }

    /** Not answered, the connection is cut off when this returns. */
    private void inTurn(HttpExchange exchange, String user, byte[] body) throws IOException, InterruptedException {
        var job = new FutureTask<>(() -> answer(exchange, user, body));
        var cut = cutAfter.apply(asked(exchange, body));
        threads.execute(job);
        try {
            switch (job.get(cut.toNanos(), NANOSECONDS)) {
                case Outcome.Say(var answered) -> send(exchange, answered);
                case Outcome.HangUp() -> log.debug("hung up");
                case Outcome.Silence() -> closing.await(cut.toNanos(), NANOSECONDS);
            }
        } catch (TimeoutException e) {
            send(exchange, Answered.error(400, "Session closed"));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String asked(HttpExchange exchange, byte[] body) {
        return exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + new String(body, UTF_8);
    }

    private sealed interface Outcome {
        record Say(Answered answered) implements Outcome {}

        record HangUp() implements Outcome {}

        record Silence() implements Outcome {}
    }

    private Outcome answer(HttpExchange exchange, String user, byte[] body) throws InterruptedException {
        JsonNode given;
        try {
            given = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (IOException e) {
            return new Outcome.Say(Answered.error(400, "invalid JSON"));
        }
        var path = exchange.getRequestURI().getPath().replaceFirst("^/rest/?", "");
        var method = exchange.getRequestMethod();
        if (path.equals("execute") && method.equals("POST")) return execute(user, given);
        var query = exchange.getRequestURI().getQuery();
        var needed = method.equals("GET") || path.endsWith("/print") ? Policy.READ : Policy.WRITE;
        if (!served.users().mayEnter(user, needed)) return new Outcome.Say(Answered.error(500, "not allowed (9)"));
        return plain(user, new Resources.Request(method, path, query == null ? "" : query, given));
    }

    private Outcome plain(String user, Resources.Request request) throws InterruptedException {
        var answered = new AtomicReference<Answered>();
        var answer = served.lines().answer(new Caller(user, false), resources.line(request), () -> {
            var done = resources.answer(request);
            answered.set(done);
            return done.asOutput();
        });
        return switch (answer) {
            // What was said without any work is what goes wrong, in RouterOS' words.
            case Answer.Say(var text, var _) ->
                new Outcome.Say(Objects.requireNonNullElseGet(
                        answered.get(), () -> Answered.error(new ConsoleError(text.strip()))));
            case Answer.HangUp() -> new Outcome.HangUp();
            case Answer.Silence() -> new Outcome.Silence();
        };
    }

    /** An error of the script comes as its text, with 200. Without {@code as-string} nobody waits for it. */
    private Outcome execute(String user, JsonNode given) throws InterruptedException {
        var script = given.path("script").asText();
        if (script.isEmpty()) return new Outcome.Say(Answered.error(400, "missing =script="));
        if (!given.has("as-string")) {
            threads.execute(() -> {
                try {
                    var _ = served.console().run(new Caller(user, false), script);
                } catch (InterruptedException e) {
                    log.debug("stopped with the service: {}", script);
                }
            });
            return new Outcome.Say(returned("*1"));
        }
        return switch (served.console().run(new Caller(user, false), script)) {
            case Answer.Say(var text, var _) -> new Outcome.Say(returned(text));
            case Answer.HangUp() -> new Outcome.HangUp();
            case Answer.Silence() -> new Outcome.Silence();
        };
    }

    private static Answered returned(String text) {
        return Answered.ok(JsonNodeFactory.instance.objectNode().put("ret", text));
    }

    private static void send(HttpExchange exchange, Answered answered) throws IOException {
        if (answered.status() == 401) exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"RouterOS\"");
        if (answered.body() == null) {
            exchange.sendResponseHeaders(answered.status(), -1);
            return;
        }
        var bytes = answered.body().toString().getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answered.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
