package io.srvlab.rdscsi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of a Kubernetes API server as a controller asks for: nodes that are Ready, PersistentVolumes, no VolumeAttachment,
 * a lease, and events, which are counted and forgotten. Watches stay open and silent. It keeps nobody out.
 */
final class ApiServerStandIn implements AutoCloseable {
    private static final String VOLUMES = "/api/v1/persistentvolumes";
    private static final String ATTACHMENTS = "/apis/storage.k8s.io/v1/volumeattachments";
    private static final String NODES = "/api/v1/nodes/";

    private final String driverName;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, String> leases = new ConcurrentHashMap<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger events = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile List<Placement> placements = List.of();
    private volatile boolean inUse;
    private volatile Duration delay = Duration.ZERO;

    private record Answer(int status, String json) {}

    ApiServerStandIn(String driverName) throws IOException {
        this.driverName = driverName;
        // Without it each answer waits up to 40 ms for an acknowledgement that the client's TCP delays.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        http.setExecutor(threads);
        http.createContext("/", this::serve);
        http.start();
    }

    /** The volumes that there are, for controllers started from now on. */
    void know(List<Placement> volumes) {
        placements = volumes;
    }

    /** Whether nodes list their volumes as in use from now on, as they do until these are unmounted. */
    void inUse(boolean listed) {
        inUse = listed;
    }

    /** How long each look at a node or an attachment takes from now on. */
    void delay(Duration eachLook) {
        delay = eachLook;
    }

    /** How often somebody looked at a node or an attachment, since the start. */
    int looks() {
        return looks.get();
    }

    /** How many events were written, since the start. */
    int events() {
        return events.get();
    }

    /** A kubeconfig that leads here. */
    Path kubeconfig(Path directory) throws IOException {
        return Files.writeString(
                directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: bench, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: bench, user: {token: bench}}]
                contexts: [{name: bench, context: {cluster: bench, user: bench, namespace: default}}]
                current-context: bench
                """.formatted(http.getAddress().getPort()));
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            var uri = exchange.getRequestURI();
            // A client whose watch is refused over WebSocket takes a plain answer that does not end.
            if (exchange.getRequestHeaders().containsKey("Upgrade")) send(exchange, new Answer(503, "{}"));
            else if (String.valueOf(uri.getQuery()).contains("watch=true")) watch(exchange);
            else send(exchange, answer(exchange.getRequestMethod(), uri.getPath(), body));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(String method, String path, String body) throws InterruptedException {
        var name = path.substring(path.lastIndexOf('/') + 1);
        if (path.startsWith(NODES)) {
            look();
            return new Answer(200, KubernetesJson.node(name, driverName, inUse ? on(name) : List.of()));
        }
        if (path.startsWith(ATTACHMENTS + "/")) {
            look();
            return new Answer(404, KubernetesJson.notFound("storage.k8s.io", "volumeattachments", name));
        }
        if (path.contains("/events")) {
            events.incrementAndGet();
            return method.equals("POST")
                    ? new Answer(201, body)
                    : new Answer(200, KubernetesJson.object("Event", name));
        }
        if (path.contains("/leases")) return lease(method, name, body);
        return switch (path) {
            case VOLUMES -> new Answer(200, volumes());
            case ATTACHMENTS ->
                new Answer(200, KubernetesJson.list("VolumeAttachmentList", "storage.k8s.io/v1", List.of()));
            case "/api/v1/namespaces/kube-system" -> new Answer(200, KubernetesJson.object("Namespace", name));
            default -> new Answer(404, "{}");
        };
    }

    private void look() throws InterruptedException {
        looks.incrementAndGet();
        Thread.sleep(delay);
    }

    private Answer lease(String method, String name, String body) {
        if (method.equals("POST")) leases.put("rds-csi-controller", body);
        if (method.equals("PUT")) leases.put(name, body);
        if (!body.isEmpty()) return new Answer(200, body);
        var present = leases.get(name);
        return present == null
                ? new Answer(404, KubernetesJson.notFound("coordination.k8s.io", "leases", name))
                : new Answer(200, present);
    }

    private String volumes() {
        var each = placements.stream()
                .map(placement -> KubernetesJson.persistentVolume(placement.volume(), driverName))
                .toList();
        return KubernetesJson.list("PersistentVolumeList", "v1", each);
    }

    private List<String> on(String node) {
        return placements.stream()
                .filter(placement -> placement.node().equals(node))
                .map(Placement::volume)
                .toList();
    }

    private void watch(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        closed.await();
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        var bytes = answer.json().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        closed.countDown();
        http.stop(0);
        threads.shutdownNow();
    }
}
