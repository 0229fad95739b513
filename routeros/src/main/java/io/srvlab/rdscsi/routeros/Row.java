package io.srvlab.rdscsi.routeros;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One item as it was read. Which type RouterOS gives a property is not certain, a flag may come as a truth value or as
 * {@code "yes"}, a size as a number or as text: so the caller says what it wants, and gets it from any of these.
 */
public final class Row {
    private static final Pattern DIGITS = Pattern.compile("-?[0-9]+|-?[0-9]{1,3}( [0-9]{3})+");

    private static final int DIGITS_MAX = 40;

    private final SequencedMap<String, String> texts;

    private Row(SequencedMap<String, String> texts) {
        this.texts = texts;
    }

    static Row of(JsonNode item) {
        var texts = new LinkedHashMap<String, String>();
        for (Map.Entry<String, JsonNode> property : item.properties()) {
            if (!property.getValue().isNull()) {
                texts.put(property.getKey(), text(property.getKey(), property.getValue()));
            }
        }
        return new Row(texts);
    }

    /** The properties that are set. */
    public Set<String> names() {
        return Collections.unmodifiableSet(texts.keySet());
    }

    /** A property as text, a list joined by commas as RouterOS prints it; empty if it is unset. {@code ""} is a text. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(texts.get(name));
    }

    /**
     * A property that is yes or no; empty if it is unset.
     *
     * @throws UnreadableReply if it is something else
     */
    public Optional<Boolean> flag(String name) {
        return given(name).map(text -> switch (text) {
            case "yes", "true" -> true;
            case "no", "false" -> false;
            default -> throw new UnreadableReply(name + " is neither yes nor no: " + ForeignText.bounded(text));
        });
    }

    /**
     * A whole number, also as RouterOS prints it for people, {@code 53 687 091 200}; empty if it is unset.
     *
     * @throws UnreadableReply if it is something else
     */
    public OptionalLong number(String name) {
        return given(name).map(text -> OptionalLong.of(number(name, text))).orElse(OptionalLong.empty());
    }

    /** Whole digits, or groups of three. */
    static long number(String name, String text) {
        if (DIGITS.matcher(text).matches()) {
            try {
                return Long.parseLong(text.replace(" ", ""));
            } catch (NumberFormatException tooLarge) {
                throw new UnreadableReply(name + " is too large a number: " + ForeignText.bounded(text), tooLarge);
            }
        }
        throw new UnreadableReply(name + " is no number: " + ForeignText.bounded(text));
    }

    /** For numbers and flags the empty text is what RouterOS shows of an unset one. */
    private Optional<String> given(String name) {
        return text(name).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static String text(String name, JsonNode value) {
        if (value.isTextual() || value.isBoolean() || value.isIntegralNumber()) return value.asText();
        // An older RouterOS makes 123.000000 of 123.
        if (value.isNumber()) return plain(name, value.decimalValue().stripTrailingZeros());
        if (value.isArray()) {
            List<String> each = new ArrayList<>();
            value.forEach(element -> each.add(text(name, element)));
            return String.join(",", each);
        }
        throw new UnreadableReply(name + " is of no known shape: " + ForeignText.bounded(value.toString()));
    }

    /** Written out, 1e999999999 takes a gigabyte. */
    private static String plain(String name, BigDecimal number) {
        if (Math.abs((long) number.scale()) > DIGITS_MAX) {
            throw new UnreadableReply(name + " is too large or too small a number: " + number);
        }
        return number.toPlainString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row row && row.texts.equals(texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return texts.toString();
    }
}
