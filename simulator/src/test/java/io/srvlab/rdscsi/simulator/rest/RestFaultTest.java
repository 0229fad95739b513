package io.srvlab.rdscsi.simulator.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.Behaviour;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Latency;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.rest.Curl.Shown;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with command lines goes wrong with requests that are none, by the same rules, and they take their time. */
@Timeout(120)
class RestFaultTest {
    private static final String MINE = "{\"comment\":\"mine\"}";

    @TempDir
    Path dir;

    private Simulator simulator;

    @BeforeEach
    void start() throws Exception {
        serve(SimulatorConfig.in(dir));
        for (var slot : new String[] {"pvc-1", "pvc-2"}) add(slot);
    }

    @AfterEach
    void stop() throws Exception {
        simulator.close();
    }

    @Test
    void anAnswerIsLostAfterTheRequestTookEffectAndBeforeIt() throws Exception {
        rule("drop-answer-after-applying command=/disk/set item=pvc-1");
        assertThat(send("PATCH", "/disk/" + id("pvc-2"), MINE).status())
                .as("another item")
                .isEqualTo(200);
        assertThat(send("PATCH", "/disk/" + id("pvc-1"), MINE).status()).isZero();
        assertThat(comment("pvc-1")).isEqualTo("mine");
        rule("drop-before-applying command=/disk/remove");
        assertThat(send("DELETE", "/disk/" + id("pvc-1"), "").status()).isZero();
        assertThat(comment("pvc-1")).isEqualTo("mine");
        assertThat(send("DELETE", "/disk/" + id("pvc-1"), "").status())
                .as("once")
                .isEqualTo(204);
    }

    @Test
    void aRequestStallsAndHoldsUpItsUserAlone() throws Exception {
        rule("stall-applied command=/disk/set");
        assertThat(send("PATCH", "/disk/pvc-1", MINE, 1).status()).isZero();
        var other = simulator.restUsers().getLast();
        assertThat(send(other, "GET", "/disk?slot=pvc-1&.proplist=comment", "", 30)
                        .text())
                .isEqualTo("[{\"comment\":\"mine\"}]");
    }

    @Test
    void anErrorIsItsDetailAndNothingIsDone() throws Exception {
        rule("error failure: bad luck command=/disk/add");
        assertThat(add("pvc-3").json().path("detail").asText()).isEqualTo("failure: bad luck");
        assertThat(send("GET", "/disk?slot=pvc-3", "").text()).isEqualTo("[]");
        assertThat(add("pvc-3").status()).isEqualTo(201);
    }

    @Test
    void aRebootComesInTheMiddleOfARequest() throws Exception {
        rule("reboot-after-applying command=/disk/print");
        assertThat(send("POST", "/disk/print", "{}").status()).isZero();
        // It may not be off yet, or not on again.
        while (send("GET", "/disk?slot=pvc-2", "").status() != 200) Thread.onSpinWait();
    }

    @Test
    void aRequestTakesTheTimeOfItsCommandLine() throws Exception {
        simulator.close();
        var none = Duration.ZERO;
        var set = Duration.ofSeconds(2);
        serve(SimulatorConfig.in(dir).withLatency(new Latency(none, none, set, none, none, none, none)));
        long began = System.nanoTime();
        assertThat(send("PATCH", "/disk/pvc-1", MINE).status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(set);
    }

    @Test
    void aRequestIsInTheLogAsTheLineThatWouldDoTheSame() throws Exception {
        send("PATCH", "/disk/" + id("pvc-1"), MINE);
        send("GET", "/disk?slot=pvc-1", "");
        send("POST", "/disk/monitor-traffic", "{\"numbers\":\"pvc-1\",\"once\":\"\"}");
        send("DELETE", "/disk/nothing", "");
        assertThat(simulator.commands())
                .extracting(Exec::text)
                .endsWith(
                        "/disk/set pvc-1 comment=\"mine\"",
                        "/disk/print where slot=pvc-1",
                        "/disk/monitor-traffic pvc-1 once=\"\"",
                        "/disk/remove nothing");
        assertThat(simulator.commands().getLast().failed()).isTrue();
    }

    @Test
    void aCopyHoldsUpNobodyElse() throws Exception {
        rule("slow-copy 400000");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var copied = threads.submit(
                    (Callable<Shown>) () -> send("POST", "/disk/copy", "{\"src\":\"pvc-1\",\"dst\":\"pvc-2\"}"));
            var other = simulator.restUsers().getLast();
            assertThat(send(other, "PATCH", "/disk/pvc-1", MINE, 30).status()).isEqualTo(200);
            assertThat(copied.isDone()).as("1 MiB takes over 2 s").isFalse();
            assertThat(copied.get().status()).isEqualTo(200);
        }
    }

    private void serve(SimulatorConfig config) throws Exception {
        simulator = Simulator.start(config);
        simulator.serveRest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofSeconds(60));
    }

    private void rule(String line) {
        simulator.become(Behaviour.parse(line));
    }

    private Shown add(String slot) throws Exception {
        return send(
                "PUT",
                "/disk",
                "{\"type\":\"file\",\"slot\":\"%s\",\"file-path\":\"%s/%s.img\",\"file-size\":\"1048576\"}"
                        .formatted(slot, simulator.basePath(), slot));
    }

    private String id(String slot) throws Exception {
        return send("GET", "/disk?slot=" + slot, "").json().path(0).path(".id").asText();
    }

    private String comment(String slot) throws Exception {
        return send("GET", "/disk?slot=" + slot, "")
                .json()
                .path(0)
                .path("comment")
                .asText();
    }

    private Shown send(String method, String path, String body) throws Exception {
        return send(method, path, body, 30);
    }

    private Shown send(String method, String path, String body, int seconds) throws Exception {
        return send(simulator.user(), method, path, body, seconds);
    }

    private Shown send(String user, String method, String path, String body, int seconds) throws Exception {
        var at = simulator.rest().orElseThrow().address();
        var password = Files.readString(simulator.passwordFile()).strip();
        var url = "https://127.0.0.1:%d/rest%s".formatted(at.getPort(), path);
        return Curl.send(user + ":" + password, method, url, body, seconds);
    }
}
