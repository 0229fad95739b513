package io.srvlab.rdscsi.simulator.console;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The commands of the language that compute a value from values. */
final class Functions {
    private Functions() {}

    static Value length(Value value) {
        return new Value.Num(
                switch (value) {
                    case Value.Array(var values) -> values.size();
                    case Value.Dict(var entries) -> entries.size();
                    default -> Values.text(value).getBytes(UTF_8).length;
                });
    }

    /** A number, or nothing where the text is none. */
    static Value number(Value value) {
        return switch (value) {
            case Value.Num number -> number;
            case Value.Text(String text) when Bare.typed(text) instanceof Value.Num number -> number;
            default -> Values.NOTHING;
        };
    }

    /** The elements or characters from {@code begin} up to, not including, {@code end}; without end, one. */
    static Value pick(Value value, Value begin, Value end) throws ConsoleError {
        long from = Arithmetic.number(begin);
        boolean one = end instanceof Value.Nothing;
        long to = one ? from + 1 : Arithmetic.number(end);
        if (from < 0 || to < from) throw new ConsoleError("invalid value for argument begin");
        return switch (value) {
            case Value.Array(var values) when one -> from < values.size() ? values.get((int) from) : Values.NOTHING;
            case Value.Array(var values) ->
                new Value.Array(values.subList(at(from, values.size()), at(to, values.size())));
            case Value.Text(String text) ->
                new Value.Text(text.substring(at(from, text.length()), at(to, text.length())));
            default -> throw new ConsoleError("invalid value for argument value");
        };
    }

    private static int at(long index, int size) {
        return (int) Math.min(index, size);
    }

    /** Where {@code wanted} is in an array or a text, or nothing. */
    static Value find(Value in, Value wanted) throws ConsoleError {
        int index = switch (in) {
            case Value.Array(var values) -> values.indexOf(wanted);
            case Value.Text(String text) when wanted instanceof Value.Text(String part) -> text.indexOf(part);
            default -> throw new ConsoleError("invalid value for argument in");
        };
        return index < 0 ? Values.NOTHING : new Value.Num(index);
    }
}
