package io.srvlab.rdscsi.simulator;

import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.srvlab.rdscsi.simulator.datapath.Gate;
import io.srvlab.rdscsi.simulator.personality.Personality;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
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
 *   <li>{@code POST /rules}: faults and personalities, the lines of a faults file as the body ({@link Behaviour#parse})
 *   <li>{@code GET /personalities}: what the appliance is like, one a line; {@code DELETE /personalities}: no more of that
 *   <li>{@code POST /reboot}: power off and on; answered when it serves again
 *   <li>{@code POST /hold?slot=SLOT}: that disk's writes begin and wait; {@code DELETE /hold}: they all go on
 *   <li>{@code GET /commands}: the lines of {@code commands.log}, the last 20 000
 * </ul>
 *
 * 400 and a sentence for what is not understood, 404 for another path, 405 for another method.
 */
public final class ControlPort implements AutoCloseable {
    private static final String EXPRESSION = "on=";
    private static final String SLOT = "slot=";

    private final Deque<Gate.Hold> holds = new ConcurrentLinkedDeque<>();
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
        try {
            return switch (method + " " + exchange.getRequestURI().getPath()) {
                case "GET /faults" ->
                    Reply.lines(simulator.waitingFaults().stream().map(Fault::toString));
                case "POST /faults" -> arm(exchange);
                case "POST /rules" -> follow(exchange);
                case "DELETE /faults" -> done(simulator::forgetFaults);
                case "GET /personalities" ->
                    Reply.lines(simulator.personalities().stream().map(Personality::toString));
                case "DELETE /personalities" -> done(simulator::forgetPersonalities);
                case "POST /reboot" -> done(simulator::reboot);
                case "POST /hold" -> hold(exchange);
                case "DELETE /hold" -> done(this::release);
                case "GET /commands" ->
                    Reply.lines(simulator.commands().stream().map(CommandLog::line));
                case String other -> unknown(other.substring(method.length() + 1));
            };
        } catch (IllegalArgumentException e) {
            return new Reply(400, e.getMessage() + "\n");
        }
    }

    private static Reply unknown(String path) {
        return switch (path) {
            case "/faults" -> new Reply(405, "GET, POST or DELETE\n");
            case "/personalities" -> new Reply(405, "GET or DELETE\n");
            case "/rules", "/reboot" -> new Reply(405, "POST\n");
            case "/hold" -> new Reply(405, "POST or DELETE\n");
            case "/commands" -> new Reply(405, "GET\n");
            default -> new Reply(404, "/faults, /rules, /personalities, /reboot, /hold or /commands\n");
        };
    }

    private static Reply done(Runnable what) {
        what.run();
        return new Reply(200, "");
    }

    private Reply hold(HttpExchange exchange) {
        holds.add(simulator.holdWrites(asked(exchange, SLOT)));
        return new Reply(200, "");
    }

    private void release() {
        for (var hold = holds.poll(); hold != null; hold = holds.poll()) hold.close();
    }

    private static String asked(HttpExchange exchange, String key) {
        var query = exchange.getRequestURI().getRawQuery();
        if (query == null || !query.startsWith(key)) throw new IllegalArgumentException("which one? ?" + key + "…");
        return URLDecoder.decode(query.substring(key.length()), StandardCharsets.UTF_8);
    }

    private Reply arm(HttpExchange exchange) throws IOException {
        var line = Pattern.compile(asked(exchange, EXPRESSION));
        simulator.onNext(line.asPredicate(), Fault.parse(body(exchange).strip()));
        return new Reply(200, "");
    }

    private Reply follow(HttpExchange exchange) throws IOException {
        simulator.become(Behaviour.parse(body(exchange)));
        return new Reply(200, "");
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
