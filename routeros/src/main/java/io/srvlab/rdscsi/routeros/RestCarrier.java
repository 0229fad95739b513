package io.srvlab.rdscsi.routeros;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.srvlab.rdscsi.routeros.Lanes.Lane;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Scripts as requests over REST; see {@link Rest}. */
final class RestCarrier implements Carrier {
    private final RestConfig config;
    private final List<RestLane> lanes = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    RestCarrier(RestConfig config) {
        this.config = config;
        var trust = PinnedTrust.context(config.certificate());
        for (var user : config.users()) lanes.add(new RestLane(user, trust, threads));
    }

    @Override
    public Reply carry(Run run, Lane lane) throws NotSent, InterruptedException {
        var user = config.users().get(lane.number);
        // Before anything is sent: without a password there is nothing to say to the appliance.
        var password = Passwords.read(
                config.passwordFile(), lane.number, config.users().size());
        var address = Host.resolve(config.host(), run.sending());
        var mark = Mark.fresh();
        var body = new OnceBody(body(run.script().render(mark)), run.sending());
        var request = HttpRequest.newBuilder(uri(address))
                .header("Authorization", "Basic " + base64(user + ":" + password))
                .header("Content-Type", "application/json")
                .POST(body)
                .build();
        var outcome = lanes.get(lane.number).exchange(request, body, run);
        return switch (outcome) {
            case RestLane.Answered(var response) ->
                new RestAnswer(user, config.passwordFile(), name(), Rights.of(run.script(), user, "rest-api,api"))
                        .read(response.statusCode(), response.body(), mark);
            case RestLane.Lost(var why, boolean hung) -> {
                if (hung) lane.hung();
                yield new CouldNotAsk(name(), why, Fate.UNKNOWN);
            }
        };
    }

    @Override
    public String name() {
        return "rest " + config.address();
    }

    @Override
    public void close() {
        lanes.forEach(RestLane::close);
        threads.shutdownNow();
    }

    /** By the address as digits, so that the library has nothing to resolve. */
    private URI uri(InetAddress address) {
        var digits = address.getHostAddress();
        return URI.create("https://%s:%d/rest/execute"
                .formatted(digits.contains(":") ? "[" + digits + "]" : digits, config.port()));
    }

    /** The presence of as-string makes it wait for the output, whatever its value (REST API manual). */
    private static byte[] body(String script) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("script", script)
                .put("as-string", "")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
