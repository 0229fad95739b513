package io.srvlab.rdscsi.routeros;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.nio.file.Path;

/**
 * Reads what {@code /rest/execute} answered. The HTTP status tells little: an error of the script comes with 200, as the
 * text in {@code ret}; the script's own mark alone proves that it ran to its end.
 *
 * @param tried for {@link CouldNotAsk}
 * @param rights what the script needs
 */
record RestAnswer(String user, Path passwordFile, String tried, Rights rights) {
    private static final ObjectReader JSON = reader();

    private static ObjectReader reader() {
        var mapper = new JsonMapper();
        // A listing is one long string here.
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(64 * 1024 * 1024)
                        .build());
        return mapper.readerFor(JsonNode.class);
    }

    Reply read(int status, String text, String mark) {
        return switch (status) {
            case 200 -> ran(text, mark);
            // Nothing of a request is run before its user is known.
            case 401 ->
                notLetIn(
                        "the appliance refused user %s: the password in %s is another one, the user's address= leaves us out, or its group lacks the policy rest-api, which this gives it: %s"
                                .formatted(user, passwordFile, rights.grant()));
            case 404 ->
                notLetIn("there is no /rest/execute at this port: is it that of /ip/service www-ssl, and a RouterOS of"
                        + " 7.21 or later?");
            default -> refused(status, text);
        };
    }

    private Reply ran(String text, String mark) {
        var ret = json(text).path("ret");
        if (!ret.isTextual()) return unknown("the answer is not that of /rest/execute: " + shown(text));
        var printed = Answer.done(ret.asText(), mark);
        if (printed.isPresent()) return new Done(printed.get());
        return Answer.refusal(ret.asText(), "", rights)
                .orElseGet(() -> unknown("the appliance ended the request without an answer"));
    }

    private Reply refused(int status, String text) {
        var detail = json(text).path("detail");
        if (!detail.isTextual()) return unknown("HTTP status " + status + ": " + shown(text));
        // The request's 60 s are over, and the script goes on (REST API manual, "Timeout").
        if (detail.asText().startsWith("Session closed")) {
            return unknown("the appliance ended the request, which may take 60 s: it is busy, or still at it");
        }
        return Answer.classified(ForeignText.bounded(detail.asText()), rights);
    }

    /** A missing node if it is none. */
    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            return JSON.createObjectNode().path("none");
        }
    }

    private static String shown(String text) {
        return ForeignText.bounded(text.substring(0, Math.min(text.length(), 2_000)));
    }

    private Reply unknown(String why) {
        return new CouldNotAsk(tried, why, Fate.UNKNOWN);
    }

    private Reply notLetIn(String why) {
        return new CouldNotAsk(tried, why, Fate.NOT_SENT);
    }
}
