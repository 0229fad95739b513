package io.srvlab.rdscsi.routeros;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.stream.StreamSupport;

/** Reads what {@link Command#printJson} prints. */
public final class Rows {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .readerFor(JsonNode.class);

    private Rows() {}

    /**
     * The rows of a table, or the one row of a menu that is no table.
     *
     * @throws UnreadableReply if {@code json} is anything else, the empty text included
     */
    public static List<Row> parse(String json) {
        JsonNode read;
        try {
            read = JSON.readValue(json);
        } catch (JsonProcessingException | NumberFormatException e) {
            // The latter of a number whose exponent overflows. Not Jackson's own words: they quote the source with
            // whatever it holds.
            throw new UnreadableReply("not the JSON of rows: " + ForeignText.bounded(json), e);
        }
        if (read.isObject()) return List.of(Row.of(read));
        // A text of no characters gives a missing node.
        if (!read.isArray() || !StreamSupport.stream(read.spliterator(), false).allMatch(JsonNode::isObject)) {
            throw new UnreadableReply("not the JSON of rows: " + ForeignText.bounded(json));
        }
        return StreamSupport.stream(read.spliterator(), false).map(Row::of).toList();
    }
}
