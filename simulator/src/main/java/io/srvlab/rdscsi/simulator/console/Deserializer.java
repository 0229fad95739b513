package io.srvlab.rdscsi.simulator.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * {@code :deserialize from=json}.
 *
 * @param keepText whether text stays text; without it a version turns into an address, and so on
 */
record Deserializer(boolean keepText) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int DEEPEST = 64;

    Value of(String text) throws ConsoleError {
        try {
            return value(JSON.readTree(text), 0);
        } catch (JsonProcessingException _) {
            throw new ConsoleError("failure: invalid json");
        }
    }

    private Value value(JsonNode node, int depth) throws ConsoleError {
        if (depth > DEEPEST) throw new ConsoleError("array is nested too deep");
        if (node.isArray()) {
            var values = new ArrayList<Value>();
            for (JsonNode each : node) values.add(value(each, depth + 1));
            return new Value.Array(values);
        }
        if (node.isObject()) {
            var entries = new LinkedHashMap<String, Value>();
            for (var entry : node.properties()) entries.put(entry.getKey(), value(entry.getValue(), depth + 1));
            return new Value.Dict(entries);
        }
        return scalar(node);
    }

    private Value scalar(JsonNode node) {
        if (node.isBoolean()) return new Value.Bool(node.asBoolean());
        if (node.canConvertToLong() && node.isIntegralNumber()) return new Value.Num(node.asLong());
        if (node.isNull() || node.isMissingNode()) return Values.NOTHING;
        String text = node.asText();
        return keepText || text.isEmpty() ? new Value.Text(text) : Bare.typed(text);
    }
}
