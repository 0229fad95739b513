package io.srvlab.rdscsi.simulator.console;

import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * {@code :serialize to=json}.
 *
 * @param keepText whether text stays text; without it digits turn into a float
 */
record Json(boolean keepText) {
    private static final Pattern NUMERIC = Pattern.compile("-?[0-9]{1,300}(\\.[0-9]{1,300})?");

    String of(Value value) {
        return switch (value) {
            case Value.Num(long number) -> Long.toString(number);
            case Value.Bool(boolean flag) -> Boolean.toString(flag);
            case Value.Nothing() -> "null";
            case Value.Text(String text)
            when !keepText && NUMERIC.matcher(text).matches() ->
                String.format(Locale.ROOT, "%f", Double.parseDouble(text));
            case Value.Text _, Value.Id _, Value.Address _, Value.Time _ -> string(Values.text(value));
            case Value.Array(var values) -> {
                var json = new StringJoiner(",", "[", "]");
                for (Value each : values) json.add(of(each));
                yield json.toString();
            }
            case Value.Dict(var entries) -> {
                var json = new StringJoiner(",", "{", "}");
                entries.forEach((key, each) -> json.add(string(key) + ":" + of(each)));
                yield json.toString();
            }
        };
    }

    private static String string(String text) {
        var json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ') json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    else json.append(c);
                }
            }
        }
        return json.append('"').toString();
    }
}
