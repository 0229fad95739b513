package io.srvlab.rdscsi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP server as scrapers meet it, good and bad ones. */
class MetricsServerTest {
    private static final String WHOLE = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private final HttpClient client = HttpClient.newHttpClient();
    private MetricsServer server;

    @BeforeEach
    void start() throws Exception {
        server = MetricsServer.start(onLoopback(0), new Metrics.Controller("1.2.3"));
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @Test
    void aScrapeIsPrometheusTextAndNamesTheVersion() throws Exception {
        var answer = ask("GET", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        var metrics = Exposition.parse(answer.body());
        assertThat(metrics.value("rds_csi_build_info", "version=1.2.3")).isEqualTo(1);
        assertThat(metrics.value("process_resident_memory_bytes")).isBetween(1e6, 1e11);
        assertThat(metrics.value("process_threads")).isGreaterThan(1);
        assertThat(metrics.value("process_open_fds")).isGreaterThan(1);
        assertThat(metrics.value("process_start_time_seconds")).isBetween(1.7e9, System.currentTimeMillis() / 1e3);
        assertThat(metrics.value("process_cpu_seconds_total")).isPositive();
        assertThat(metrics.value("jvm_memory_used_bytes", "area=heap")).isPositive();
    }

    @Test
    void headIsTheSameWithoutABody() throws Exception {
        var answer = ask("HEAD", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isGreaterThan(1_000);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/metricsx", "/metrics/x", "/Metrics", "//metrics", "/favicon.ico"})
    void nothingElseIsThere(String path) throws Exception {
        assertThat(ask("GET", path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void nothingCanBeSentToIt(String method) throws Exception {
        var answer = ask(method, "/metrics");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void aSlowRequestIsAnsweredAndOneThatNeverEndsIsCut() throws Exception {
        try (var slow = connection();
                var endless = connection()) {
            send(slow, WHOLE.substring(0, 20));
            send(endless, WHOLE.substring(0, 20));
            slow.setSoTimeout(1_000);
            assertThatThrownBy(() -> slow.getInputStream().read())
                    .as("still open after a second")
                    .isInstanceOf(SocketTimeoutException.class);
            send(slow, WHOLE.substring(20));
            slow.setSoTimeout(20_000);
            assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 ");
            endless.setSoTimeout(30_000);
            assertThat(ended(endless)).isTrue();
        }
    }

    @Test
    void thoseWhoHoldAllConnectionsLoseThemAndAScrapeIsAnsweredAgain() throws Exception {
        var held = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 40; i++) {
                held.add(connection());
                if (i % 2 == 0) send(held.getLast(), "GET /met");
            }
            try (var beyond = held.getLast()) {
                beyond.setSoTimeout(20_000);
                assertThat(ended(beyond)).as("more than are allowed").isTrue();
            }
            for (var each : held.subList(0, 32)) {
                each.setSoTimeout(30_000);
                assertThat(ended(each)).isTrue();
            }
            assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);
        } finally {
            for (var each : held) each.close();
        }
    }

    @Test
    void anAddressThatIsTakenIsAnErrorThatNamesIt() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> MetricsServer.start(onLoopback(taken.getLocalPort()), new Metrics("1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(":" + taken.getLocalPort(), "--metrics");
        }
    }

    @Test
    void anIpv6AddressIsWrittenInBrackets() throws Exception {
        var loopback = new byte[16];
        loopback[15] = 1;
        var address = new InetSocketAddress(InetAddress.getByAddress(loopback), 0);
        try (var six = MetricsServer.start(address, new Metrics("1"))) {
            assertThat(six.address()).matches("\\[[0-9a-f:]+]:[0-9]+");
        }
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .method(method, BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private Socket connection() throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(),
                Integer.parseInt(server.address().replaceFirst(".*:", "")));
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the other side has ended the connection, without an answer. */
    private static boolean ended(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (SocketException _) {
            return true; // reset
        }
    }

    private static InetSocketAddress onLoopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
