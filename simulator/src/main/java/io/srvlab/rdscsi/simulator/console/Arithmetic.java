package io.srvlab.rdscsi.simulator.console;

import java.util.List;
import java.util.stream.Stream;

/** What the operators make of two values. Where types do not fit, that is an error and never a guess. */
final class Arithmetic {
    private Arithmetic() {}

    static Value apply(Operator operator, Value left, Value right) throws ConsoleError {
        return switch (operator) {
            case EQUAL -> new Value.Bool(left.equals(right));
            case UNEQUAL -> new Value.Bool(!left.equals(right));
            case AND -> new Value.Bool(truths(left, right) == 2);
            case OR -> new Value.Bool(truths(left, right) > 0);
            case LESS -> new Value.Bool(order(left, right, "less") < 0);
            case MORE -> new Value.Bool(order(left, right, "more") > 0);
            case AT_MOST -> new Value.Bool(order(left, right, "less") <= 0);
            case AT_LEAST -> new Value.Bool(order(left, right, "more") >= 0);
            case MATCHES -> new Value.Bool(matches(left, right));
            case IN -> new Value.Bool(values(right).contains(left));
            case JOIN ->
                new Value.Array(Stream.concat(values(left).stream(), values(right).stream())
                        .toList());
            case CONCATENATE -> new Value.Text(scalar(left) + scalar(right));
            case ENTRY -> entry(left, right);
            case PLUS, MINUS, TIMES, DIVIDED, MODULO -> new Value.Num(compute(operator, left, right));
        };
    }

    static boolean truth(Value value) throws ConsoleError {
        if (value instanceof Value.Bool(boolean flag)) return flag;
        throw new ConsoleError("conditional not boolean");
    }

    /** How many of two hold. Both are looked at: a device does not stop at the first. */
    private static int truths(Value left, Value right) throws ConsoleError {
        return (truth(left) ? 1 : 0) + (truth(right) ? 1 : 0);
    }

    static long number(Value value) throws ConsoleError {
        if (value instanceof Value.Num(long number)) return number;
        throw new ConsoleError("expected a number, not " + Values.type(value));
    }

    private static int order(Value left, Value right, String word) throws ConsoleError {
        if (left instanceof Value.Num(long a) && right instanceof Value.Num(long b)) return Long.compare(a, b);
        if (left instanceof Value.Time(var a) && right instanceof Value.Time(var b)) return a.compareTo(b);
        throw new ConsoleError("cannot compare if " + named(left) + " is " + word + " than " + named(right));
    }

    private static String named(Value value) {
        return value instanceof Value.Text ? "string" : Values.type(value);
    }

    private static boolean matches(Value left, Value right) throws ConsoleError {
        if (left instanceof Value.Nothing) return false;
        return Posix.matches(scalar(left), scalar(right));
    }

    private static String scalar(Value value) throws ConsoleError {
        if (value instanceof Value.Array || value instanceof Value.Dict)
            throw new ConsoleError("expected text, not array");
        return Values.text(value);
    }

    /** What an array holds; of anything else, itself. */
    static List<Value> values(Value value) {
        return switch (value) {
            case Value.Array(var values) -> values;
            case Value.Dict(var entries) -> List.copyOf(entries.values());
            case Value.Nothing _ -> List.of();
            default -> List.of(value);
        };
    }

    private static Value entry(Value array, Value key) throws ConsoleError {
        return switch (array) {
            case Value.Dict(var entries)
            when key instanceof Value.Text(String name) -> entries.getOrDefault(name, Values.NOTHING);
            case Value.Array(var values)
            when key instanceof Value.Num(long index) ->
                index >= 0 && index < values.size() ? values.get((int) index) : Values.NOTHING;
            case Value.Dict _, Value.Array _, Value.Nothing _ -> Values.NOTHING;
            default -> throw new ConsoleError("expected an array, not " + Values.type(array));
        };
    }

    private static long compute(Operator operator, Value left, Value right) throws ConsoleError {
        long a = number(left);
        long b = number(right);
        try {
            return switch (operator) {
                case PLUS -> Math.addExact(a, b);
                case MINUS -> Math.subtractExact(a, b);
                case TIMES -> Math.multiplyExact(a, b);
                case DIVIDED -> Math.divideExact(a, b);
                default -> a % b;
            };
        } catch (ArithmeticException _) {
            throw new ConsoleError(b == 0 ? "divide by zero" : "value out of range");
        }
    }
}
