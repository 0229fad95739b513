package io.srvlab.rdscsi.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request over REST that takes too long is answered that its session is closed, and what it began goes on. */
@Timeout(60)
class RestCutTest {
    @TempDir
    Path state;

    @Test
    void theJobGoesOn() throws Exception {
        try (var shop = new Shop(state)) {
            shop.add("v1");
            shop.simulator.serveRest(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofSeconds(60));
            shop.simulator.become(Behaviour.parse("rest-cut 200ms line=late"));
            assertThat(execute(shop.simulator, ":put soon")).isEqualTo("200 {\"ret\":\"soon\\r\\n\"}");
            assertThat(execute(shop.simulator, ":delay 1s; /disk/set v1 comment=late"))
                    .startsWith("400 ")
                    .contains("Session closed");
            assertThat(shop.ask(":put [/disk/get v1 comment]")).isEmpty();
            while (!shop.ask(":put [/disk/get v1 comment]").equals("late")) Thread.onSpinWait();
        }
    }

    private static String execute(Simulator simulator, String script) throws Exception {
        var at = simulator.rest().orElseThrow().address();
        var uri = URI.create("https://%s:%d/rest/execute".formatted(at.getHostString(), at.getPort()));
        var request = (HttpsURLConnection) uri.toURL().openConnection();
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new Anybody()}, null);
        request.setSSLSocketFactory(tls.getSocketFactory());
        request.setHostnameVerifier((_, _) -> true);
        var login = simulator.restUsers().getLast() + ":"
                + Files.readString(simulator.passwordFile()).strip();
        request.setRequestProperty(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
        request.setDoOutput(true);
        request.getOutputStream()
                .write("{\"script\":\"%s\",\"as-string\":\"\"}"
                        .formatted(script)
                        .getBytes(UTF_8));
        try (var body = request.getResponseCode() == HttpURLConnection.HTTP_OK
                ? request.getInputStream()
                : request.getErrorStream()) {
            return request.getResponseCode() + " " + new String(body.readAllBytes(), UTF_8);
        }
    }

    /** The certificate is none of this test's affair. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
