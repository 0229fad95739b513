package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.simulator.Client.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ControlPortTest {
    @TempDir
    Path state;

    private final HttpClient http = HttpClient.newHttpClient();
    private Shop shop;
    private ControlPort port;

    @BeforeEach
    void start() throws IOException {
        shop = new Shop(state);
        port = ControlPort.start(shop.simulator, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() throws IOException {
        port.close();
        shop.close();
        http.close();
    }

    @Test
    void aFaultHitsTheFirstLineInWhichItsExpressionIsFoundAndNoOther() throws Exception {
        assertThat(ask("POST", "/faults?on=" + encoded("put \"[ab]\""), "error failure: no")).isEqualTo("200 ");
        assertThat(shop.ask(":put \"c\"")).isEqualTo("c");
        assertThat(ask("GET", "/faults", "")).startsWith("200 ErrorWithStatusZero");
        assertThat(shop.ask(":put \"b\"")).isEqualTo("failure: no");
        assertThat(ask("GET", "/faults", "")).isEqualTo("200 ");
        assertThat(shop.ask(":put \"b\"")).isEqualTo("b");
    }

    @Test
    void aForgottenFaultHitsNothing() throws Exception {
        assertThat(ask("POST", "/faults?on=put", "drop-before-applying")).isEqualTo("200 ");
        assertThat(ask("DELETE", "/faults", "")).isEqualTo("200 ");
        assertThat(shop.run(":put 1")).isEqualTo(new Reply("1\r\n", 0));
    }

    @Test
    void everyFaultHasItsWords() {
        assertThat(Fault.parse("drop-before-applying")).isEqualTo(new Fault.DropBeforeApplying());
        assertThat(Fault.parse("drop-answer-after-applying")).isEqualTo(new Fault.DropAnswerAfterApplying());
        assertThat(Fault.parse("stall-applied")).isEqualTo(new Fault.Stall(true));
        assertThat(Fault.parse("stall-unapplied")).isEqualTo(new Fault.Stall(false));
        assertThat(Fault.parse("error no such item")).isEqualTo(new Fault.ErrorWithStatusZero("no such item\n"));
        assertThat(Fault.parse("delay 1.5s")).isEqualTo(new Fault.Delay(Duration.ofMillis(1500)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stall", "delay", "delay soon", "delay -", "explode"})
    void whatIsNoFaultIsRefusedAndNotArmed(String text) throws Exception {
        assertThat(ask("POST", "/faults?on=.", text)).startsWith("400 ");
        assertThat(ask("GET", "/faults", "")).isEqualTo("200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/faults", "/faults?off=x", "/faults?on=%5B"})
    void aFaultWithoutALineToHitIsRefusedAndNotArmed(String path) throws Exception {
        assertThat(ask("POST", path, "drop-before-applying")).startsWith("400 ");
        assertThat(ask("GET", "/faults", "")).isEqualTo("200 ");
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        assertThat(ask("GET", "/", "")).startsWith("404 ");
        assertThat(ask("PUT", "/faults", "")).startsWith("405 ");
        assertThat(ask("DELETE", "/commands", "")).startsWith("405 ");
    }

    @Test
    void theCommandsAreThoseOfTheLog() throws Exception {
        shop.run(":put \"a\tb\"");
        var said = ask("GET", "/commands", "");
        assertThat(said).endsWith("\tok\t:put \"a\\tb\"\n");
        assertThat(said).isEqualTo("200 " + Files.readString(state.resolve("commands.log")));
    }

    @Test
    void onlyTheLoopbackIsServed() {
        var everywhere = new InetSocketAddress("0.0.0.0", 0);
        assertThatThrownBy(() -> ControlPort.start(shop.simulator, everywhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("loopback");
    }

    private String ask(String method, String path, String body) throws Exception {
        var address = port.address();
        var uri = URI.create("http://%s:%d%s".formatted(address.getHostString(), address.getPort(), path));
        var request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.ofString(body))
                .timeout(Client.PATIENCE)
                .build();
        var response = http.send(request, BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static String encoded(String expression) {
        return URLEncoder.encode(expression, StandardCharsets.UTF_8);
    }
}
