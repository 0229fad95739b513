package io.srvlab.rdscsi.simulator.console;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** What values look like as text, and what they are called. */
final class Values {
    static final Value NOTHING = new Value.Nothing();

    private Values() {}

    /** As {@code :put} and {@code :tostr} show it. */
    static String text(Value value) {
        return switch (value) {
            case Value.Text(String text) -> text;
            case Value.Num(long number) -> Long.toString(number);
            case Value.Bool(boolean flag) -> Boolean.toString(flag);
            case Value.Id(long number) -> "*" + Long.toHexString(number).toUpperCase(Locale.ROOT);
            case Value.Address(String text) -> text;
            case Value.Time(Duration span) -> time(span);
            case Value.Array(var values) -> values.stream().map(Values::text).collect(Collectors.joining(";"));
            case Value.Dict(var entries) ->
                entries.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                        .collect(Collectors.joining(";"));
            case Value.Nothing() -> "";
        };
    }

    /** {@code 1w2d03:04:05}, with milliseconds if there are any. */
    private static String time(Duration span) {
        long days = span.toDays();
        var text = new StringBuilder();
        if (days >= 7) text.append(days / 7).append('w');
        if (days % 7 > 0) text.append(days % 7).append('d');
        text.append(String.format(
                Locale.ROOT, "%02d:%02d:%02d", span.toHoursPart(), span.toMinutesPart(), span.toSecondsPart()));
        if (span.toMillisPart() > 0) text.append(String.format(Locale.ROOT, ".%03d", span.toMillisPart()));
        return text.toString();
    }

    /** As {@code :typeof} calls it. */
    static String type(Value value) {
        return switch (value) {
            case Value.Text _ -> "str";
            case Value.Num _ -> "num";
            case Value.Bool _ -> "bool";
            case Value.Id _ -> "id";
            case Value.Address(String text) ->
                (text.contains(":") ? "ip6" : "ip") + (text.contains("/") ? "-prefix" : "");
            case Value.Time _ -> "time";
            case Value.Array _, Value.Dict _ -> "array";
            case Value.Nothing _ -> "nothing";
        };
    }

    /** How deep arrays are nested in it. */
    static int depth(Value value) {
        return switch (value) {
            case Value.Array(var values) ->
                1 + values.stream().mapToInt(Values::depth).max().orElse(0);
            case Value.Dict(var entries) ->
                1 + entries.values().stream().mapToInt(Values::depth).max().orElse(0);
            default -> 0;
        };
    }
}
