package io.srvlab.rdscsi.simulator;

import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets a test in another process break things, over HTTP; no part of what is simulated.
 *
 * <ul>
 *   <li>{@code POST /faults?on=REGEX}, a fault as {@link Fault#parse} reads it as the body: with the next command line in
 *       which the expression is found, once
 *   <li>{@code GET /faults}: those whose line has not come yet, one a line
 *   <li>{@code DELETE /faults}: forgets them
 *   <li>{@code GET /commands}: the lines of {@code commands.log}, the last 20 000
 * </ul>
 *
 * 400 and a sentence for what is not understood, 404 for another path, 405 for another method.
 */
public final class ControlPort implements AutoCloseable {
    private static final String EXPRESSION = "on=";

    private final Simulator simulator;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private ControlPort(Simulator simulator, HttpServer server) {
        this.simulator = simulator;
        this.server = server;
    }

    /**
     * Serves until closed.
     *
     * @param listen of the loopback; port 0 takes any
     * @throws IOException the address is taken, or is not of the loopback: whoever reaches it can stop the simulator's service
     */
    public static ControlPort start(Simulator simulator, InetSocketAddress listen) throws IOException {
        if (listen.isUnresolved() || !listen.getAddress().isLoopbackAddress()) {
            throw new IOException("the control port must be of the loopback: " + listen.getHostString());
        }
        var server = HttpServer.create(listen, 0);
        var port = new ControlPort(simulator, server);
        server.setExecutor(port.threads);
        server.createContext("/", port::handle);
        server.start();
        return port;
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    private record Reply(int status, String text) {
        static Reply lines(Stream<String> lines) {
            return new Reply(200, lines.map(line -> line + "\n").collect(joining()));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var reply = reply(exchange);
            var body = reply.text().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        var method = exchange.getRequestMethod();
        return switch (exchange.getRequestURI().getPath()) {
            case "/faults" ->
                switch (method) {
                    case "GET" -> Reply.lines(simulator.waitingFaults().stream().map(Fault::toString));
                    case "POST" -> arm(exchange);
                    case "DELETE" -> {
                        simulator.forgetFaults();
                        yield new Reply(200, "");
                    }
                    default -> new Reply(405, "GET, POST or DELETE\n");
                };
            case "/commands" ->
                method.equals("GET")
                        ? Reply.lines(simulator.commands().stream().map(CommandLog::line))
                        : new Reply(405, "GET\n");
            default -> new Reply(404, "/faults or /commands\n");
        };
    }

    private Reply arm(HttpExchange exchange) throws IOException {
        var query = exchange.getRequestURI().getRawQuery();
        if (query == null || !query.startsWith(EXPRESSION)) return new Reply(400, "on which line? /faults?on=REGEX\n");
        try {
            var line = Pattern.compile(URLDecoder.decode(query.substring(EXPRESSION.length()), StandardCharsets.UTF_8));
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            simulator.onNext(line.asPredicate(), Fault.parse(body.strip()));
            return new Reply(200, "");
        } catch (IllegalArgumentException e) {
            return new Reply(400, e.getMessage() + "\n");
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
