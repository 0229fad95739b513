package io.srvlab.rdscsi.simulator.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An HTTP client that is none of ours. */
final class Curl {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What it showed.
     *
     * @param status 0 if no answer came
     */
    record Shown(int status, String text) {
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (Exception e) {
                throw new AssertionError(text, e);
            }
        }
    }

    private Curl() {}

    /** @param login user and password with a colon between, which no list of processes shows */
    static Shown send(String login, String method, String url, String body, int seconds) throws Exception {
        var command = new ArrayList<>(
                List.of("curl", "-sk", "--max-time", String.valueOf(seconds), "--globoff", "-X", method, "-K", "-"));
        command.addAll(List.of("-w", "\n%{http_code}", url));
        if (!body.isEmpty()) command.addAll(List.of("-H", "content-type: application/json", "-d", body));
        var curl = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var options = curl.outputWriter()) {
            options.write("user = \"" + login + "\"\n");
        }
        var shown = new String(curl.getInputStream().readAllBytes(), UTF_8);
        assertThat(curl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        int end = shown.lastIndexOf('\n');
        return new Shown(Integer.parseInt(shown.substring(end + 1).strip()), shown.substring(0, end));
    }
}
