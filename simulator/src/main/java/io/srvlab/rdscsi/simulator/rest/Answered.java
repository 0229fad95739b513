package io.srvlab.rdscsi.simulator.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.ConsoleError;
import org.jspecify.annotations.Nullable;

/**
 * What goes back over HTTP.
 *
 * @param body nothing if there is none
 */
record Answered(int status, @Nullable JsonNode body) {
    static Answered ok(JsonNode body) {
        return new Answered(200, body);
    }

    /** As RouterOS says it: {@code {"error":400,"message":"Bad Request","detail":"…"}}. */
    static Answered error(int status, @Nullable String detail) {
        var body = JsonNodeFactory.instance.objectNode().put("error", status).put("message", message(status));
        if (detail != null) body.put("detail", detail);
        return new Answered(status, body);
    }

    static Answered error(ConsoleError error) {
        return error.text().startsWith("no such item") ? error(404, error.text()) : error(400, error.text());
    }

    /** As the log has it. */
    Console.Output asOutput() {
        return new Console.Output(body == null ? "" : body.toString(), status >= 400);
    }

    private static String message(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            default -> "Internal Server Error";
        };
    }
}
