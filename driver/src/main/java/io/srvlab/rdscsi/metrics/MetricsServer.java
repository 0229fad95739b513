package io.srvlab.rdscsi.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Shows the metrics over plain HTTP, at {@code /metrics} and nowhere else. A slow client costs nobody but itself: each
 * request has a virtual thread of its own, a connection is cut when a request or a response takes longer than
 * {@value #SECONDS_MAX} s, and the {@value #CONNECTIONS_MAX} that may be open are the only ones.
 */
public final class MetricsServer implements AutoCloseable {
    private static final String PATH = "/metrics";
    private static final int SECONDS_MAX = 5;
    private static final int CONNECTIONS_MAX = 32;

    private final HttpServer http;
    private final ExecutorService threads;

    private MetricsServer(HttpServer http, ExecutorService threads) {
        this.http = http;
        this.threads = threads;
    }

    /**
     * Serves until closed.
     *
     * @param address port 0 takes any free one
     * @throws IOException if the address cannot be had
     */
    public static MetricsServer start(InetSocketAddress address, Metrics metrics) throws IOException {
        limitConnections();
        var http = bound(address);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        http.setExecutor(threads);
        http.createContext("/", exchange -> answer(exchange, metrics));
        http.start();
        return new MetricsServer(http, threads);
    }

    /** Where it listens, {@code 127.0.0.1:9808} or {@code [::1]:9808}. */
    public String address() {
        return text(http.getAddress());
    }

    /** Ends all connections. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }

    /**
     * The JDK reads these once, when its first server is made; what the command line of the JVM says is left. The times are
     * seconds: the page of module jdk.httpserver says milliseconds, its code does not.
     */
    private static void limitConnections() {
        var limits = Map.of(
                "sun.net.httpserver.maxReqTime", SECONDS_MAX,
                "sun.net.httpserver.maxRspTime", SECONDS_MAX,
                "jdk.httpserver.maxConnections", CONNECTIONS_MAX);
        limits.forEach((name, limit) -> {
            if (System.getProperty(name) == null) System.setProperty(name, limit.toString());
        });
    }

    private static HttpServer bound(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new IOException(
                    "metrics cannot be served on " + text(address) + ": " + e.getMessage()
                            + "; free that address, or name another with --metrics HOST:PORT",
                    e);
        }
    }

    private static void answer(HttpExchange exchange, Metrics metrics) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            switch (exchange.getRequestMethod()) {
                case "GET" -> show(exchange, metrics, true);
                case "HEAD" -> show(exchange, metrics, false);
                default -> {
                    exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                    exchange.sendResponseHeaders(405, -1);
                }
            }
        }
    }

    private static void show(HttpExchange exchange, Metrics metrics, boolean body) throws IOException {
        // Whole before the first byte of it is sent: what fails here is no half answer with status 200.
        var text = metrics.text();
        exchange.getResponseHeaders().set("Content-Type", Metrics.CONTENT_TYPE);
        if (body) {
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
        } else {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(text.length));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static String text(InetSocketAddress address) {
        var host = address.getHostString();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
