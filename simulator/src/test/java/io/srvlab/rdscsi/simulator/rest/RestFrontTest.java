package io.srvlab.rdscsi.simulator.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.rest.Curl.Shown;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** REST as its manual and the sample have it, asked with curl: an HTTP client that is none of ours. */
@Timeout(120)
class RestFrontTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String DISK = """
        {"type":"file","slot":"pvc-1","file-path":"%s/pvc-1.img","file-size":"1048576","mount-filesystem":"no"}\
        """;

    @TempDir
    Path dir;

    private Simulator simulator;
    private String base;
    private String login;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start(SimulatorConfig.in(dir));
        simulator.serveRest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofSeconds(60));
        base = "https://127.0.0.1:%d/rest"
                .formatted(simulator.rest().orElseThrow().address().getPort());
        login = simulator.user() + ":"
                + Files.readString(simulator.passwordFile()).strip();
    }

    @AfterEach
    void stop() throws Exception {
        simulator.close();
    }

    @Test
    void anItemIsMadeReadChangedAndRemoved() throws Exception {
        var made = send("PUT", "/disk", DISK.formatted(simulator.basePath()));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var id = made.json().path(".id").asText();
        assertThat(id).startsWith("*");
        // The * stays raw in the address.
        assertThat(send("GET", "/disk/" + id, "").json()).isEqualTo(made.json());
        assertThat(send("GET", "/disk?slot=pvc-1", "").json()).hasSize(1);
        var changed = send("PATCH", "/disk/" + id, "{\"comment\":\"mine\",\"nvme-tcp-export\":\"yes\"}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().path("nvme-tcp-export").asText()).isEqualTo("true");
        assertThat(send("GET", "/disk?comment=mine&.proplist=slot,size", "").text())
                .isEqualTo("[{\"slot\":\"pvc-1\",\"size\":\"1048576\"}]");
        assertThat(send("DELETE", "/disk/" + id, "")).isEqualTo(new Shown(204, ""));
        assertThat(send("GET", "/disk?slot=pvc-1", "").text()).isEqualTo("[]");
        assertThat(send("DELETE", "/disk/" + id, "").status()).isEqualTo(404);
    }

    @Test
    void everyValueIsAString() throws Exception {
        var made = send("PUT", "/disk", DISK.formatted(simulator.basePath())).json();
        made.forEach(value -> assertThat(value.isTextual()).as(made.toString()).isTrue());
        assertThat(send("GET", "/system/resource", "").json().path("version").asText())
                .isEqualTo("7.21.2 (stable)");
    }

    @Test
    void aQueryIsAStackOfQuestions() throws Exception {
        send("PUT", "/disk", DISK.formatted(simulator.basePath()));
        var either = "{\".query\":[\"slot=pvc-1\",\"slot=storage-pool\",\"#|\"],\".proplist\":[\"slot\"]}";
        assertThat(send("POST", "/disk/print", either).json()).hasSize(2);
        var neither = either.replace("\"#|\"", "\"#|\",\"#!\"");
        assertThat(send("POST", "/disk/print", neither).json()).isEmpty();
        assertThat(send("POST", "/disk/print", "{\".query\":[\"#&\"]}").status())
                .isEqualTo(400);
    }

    @Test
    void aScriptIsAnsweredWithWhatItPrintedAndItsErrorWith200() throws Exception {
        assertThat(execute("{ :put 1; :put [:len [/disk/find]] }"))
                .isEqualTo(new Shown(200, "{\"ret\":\"1\\r\\n1\\r\\n\"}"));
        assertThat(execute("/disk/get nothing size"))
                .isEqualTo(new Shown(200, "{\"ret\":\"no such item (/disk/get; line 1)\\n\"}"));
    }

    @Test
    void anErrorHasItsOwnBody() throws Exception {
        var wrong = send("PUT", "/disk", "{\"type\":\"file\",\"colour\":\"red\"}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().path("error").asInt()).isEqualTo(400);
        assertThat(wrong.json().path("message").asText()).isEqualTo("Bad Request");
        assertThat(wrong.json().path("detail").asText()).contains("colour");
        assertThat(send("PUT", "/disk", "{\"type\":").status()).isEqualTo(400);
        assertThat(send("GET", "/nothing", "").status()).isEqualTo(400);
    }

    @Test
    void whoIsNotKnownOrMayNotIsKeptOut() throws Exception {
        login = simulator.user() + ":wrong";
        assertThat(send("GET", "/disk", "").status()).isEqualTo(401);
        login = "reader:a-long-password";
        simulator.users().put("reader", "a-long-password", EnumSet.of(Policy.READ));
        assertThat(send("GET", "/disk", "").status()).as("without rest-api").isEqualTo(401);
        simulator.users().put("reader", "a-long-password", EnumSet.of(Policy.READ, Policy.API, Policy.REST_API));
        assertThat(send("GET", "/disk", "").status()).isEqualTo(200);
        var refused = send("PUT", "/disk", DISK.formatted(simulator.basePath()));
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.json().path("detail").asText()).isEqualTo("not allowed (9)");
    }

    @Test
    void theCertificateIsKeptAndARebootComesBackWhereItWas() throws Exception {
        var before = simulator.rest().orElseThrow();
        simulator.reboot();
        assertThat(send("GET", "/disk", "").status()).isEqualTo(200);
        assertThat(simulator.rest().orElseThrow().fingerprint()).isEqualTo(before.fingerprint());
        assertThat(simulator.readyLine())
                .contains(" rest=127.0.0.1:%d rest-sha256=%s"
                        .formatted(before.address().getPort(), before.fingerprint()));
    }

    private Shown execute(String script) throws Exception {
        return send(
                "POST",
                "/execute",
                JSON.createObjectNode()
                        .put("script", script)
                        .put("as-string", "")
                        .toString());
    }

    private Shown send(String method, String path, String body) throws Exception {
        return Curl.send(login, method, base + path, body, 30);
    }
}
