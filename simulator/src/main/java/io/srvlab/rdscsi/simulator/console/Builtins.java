package io.srvlab.rdscsi.simulator.console;

import static io.srvlab.rdscsi.simulator.console.Values.NOTHING;

import io.srvlab.rdscsi.simulator.console.Signal.Raised;
import io.srvlab.rdscsi.simulator.console.Signal.Returned;
import io.srvlab.rdscsi.simulator.console.Syntax.BuiltinCall;
import io.srvlab.rdscsi.simulator.console.Syntax.Code;
import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.Name;
import java.time.Duration;

/** One command of the language, running. */
final class Builtins {
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private final Evaluator evaluator;
    private final Scope scope;
    private final BuiltinCall call;
    private final Expressions expressions;

    Builtins(Evaluator evaluator, Scope scope, BuiltinCall call) {
        this.evaluator = evaluator;
        this.scope = scope;
        this.call = call;
        this.expressions = new Expressions(evaluator, scope, null);
    }

    Value run() throws ConsoleError {
        return switch (call.builtin()) {
            case LEN -> Functions.length(value("value"));
            case TOSTR -> new Value.Text(Values.text(value("value")));
            case TONUM -> Functions.number(value("value"));
            case TYPEOF -> new Value.Text(Values.type(value("value")));
            case PICK -> Functions.pick(value("value"), value("begin"), given("end") ? value("end") : NOTHING);
            case FIND -> Functions.find(value("in"), value("arg"));
            case SERIALIZE -> serialize();
            case DESERIALIZE -> deserialize();
            case EXECUTE -> {
                String file = given("file") ? Values.text(value("file")) : "";
                yield new Execution(evaluator, Values.text(value("script"))).run(file, given("as-string"));
            }
            default -> {
                act();
                yield NOTHING;
            }
        };
    }

    private void act() throws ConsoleError {
        switch (call.builtin()) {
            case PUT -> evaluator.print(Values.text(value("message")) + "\r\n");
            case LOCAL -> assign(new Scope.Cell());
            case GLOBAL -> assign(evaluator.global(name()));
            case SET -> scope.find(name()).set(value("value"));
            case IF -> choose();
            case FOREACH -> {
                for (Value each : Arithmetic.values(value("in"))) turn(each);
            }
            case FOR -> count();
            case WHILE -> {
                while (Arithmetic.truth(value("condition"))) block("do");
            }
            case DO -> attempt();
            case ONERROR -> observe();
            case ERROR -> throw new ConsoleError(Values.text(value("message")));
            case RETURN -> throw new Returned(value("value"));
            case DELAY -> delay();
            default -> {}
        }
    }

    private void assign(Scope.Cell cell) throws ConsoleError {
        // A declaration without a value leaves what a global variable holds.
        if (given("value")) cell.set(value("value"));
        scope.declare(name(), cell);
    }

    private void choose() throws ConsoleError {
        if (Arithmetic.truth(value("condition"))) block("do");
        else if (given("else")) block("else");
    }

    private void count() throws ConsoleError {
        long from = Arithmetic.number(value("from"));
        long to = Arithmetic.number(value("to"));
        long step = given("step") ? Arithmetic.number(value("step")) : from <= to ? 1 : -1;
        if (step == 0) throw new ConsoleError("invalid value for argument step");
        for (long i = from; step > 0 ? i <= to : i >= to; i += step) {
            turn(new Value.Num(i));
            boolean overflows = step > 0 ? i > Long.MAX_VALUE - step : i < Long.MIN_VALUE - step;
            if (overflows) return;
        }
    }

    private void attempt() {
        if (!given("on-error")) {
            block("command");
            return;
        }
        try {
            block("command");
        } catch (Raised _) {
            block("on-error");
        }
    }

    private void observe() {
        try {
            block("in");
        } catch (Raised error) {
            turn(new Value.Text(error.text()));
        } catch (Returned _) {
            // A return in here ends this block only, not what is around it.
        }
    }

    private void delay() throws ConsoleError {
        Duration span = switch (value("delay-time")) {
            case Value.Time(Duration time) -> time;
            case Value.Num(long seconds)
            when seconds >= 0 && seconds <= LONGEST_DELAY.toSeconds() -> Duration.ofSeconds(seconds);
            default -> throw new ConsoleError("invalid value for argument delay-time");
        };
        if (span.compareTo(LONGEST_DELAY) > 0) throw new ConsoleError("invalid value for argument delay-time");
        try {
            evaluator.budget().pause(evaluator.session().host(), span);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Signal.Exhausted("interrupted");
        }
    }

    private Value deserialize() throws ConsoleError {
        if (!Values.text(value("from")).equals("json"))
            throw new ConsoleError("input does not match any value of from");
        boolean keepText = given("options");
        if (keepText && !Values.text(value("options")).equals("json.no-string-conversion"))
            throw new ConsoleError("input does not match any value of options");
        return new Deserializer(keepText).of(Values.text(value("value")));
    }

    private Value serialize() throws ConsoleError {
        if (!Values.text(value("to")).equals("json")) throw new ConsoleError("input does not match any value of to");
        boolean keepText = given("options");
        if (keepText && !Values.text(value("options")).equals("json.no-string-conversion"))
            throw new ConsoleError("input does not match any value of options");
        String json = new Json(keepText).of(value("value"));
        evaluator.budget().made(json.length());
        return new Value.Text(json);
    }

    /** Runs the block {@code do}, its variable bound to {@code bound}. */
    private void turn(Value bound) {
        evaluator.budget().step();
        var own = new Scope(scope);
        own.declare(name(), new Scope.Cell()).set(bound);
        evaluator.run(code("do"), own);
    }

    private void block(String parameter) {
        evaluator.budget().step();
        evaluator.run(code(parameter), new Scope(scope));
    }

    private boolean given(String parameter) {
        return call.arguments().containsKey(parameter);
    }

    private Value value(String parameter) throws ConsoleError {
        if (call.arguments().get(parameter) instanceof Expression expression) return expressions.value(expression);
        throw new IllegalStateException(call.builtin() + " has no value " + parameter);
    }

    private Code code(String parameter) {
        if (call.arguments().get(parameter) instanceof Code code) return code;
        throw new IllegalStateException(call.builtin() + " has no block " + parameter);
    }

    private String name() {
        for (var argument : call.arguments().values()) if (argument instanceof Name(String name)) return name;
        throw new IllegalStateException(call.builtin() + " names no variable");
    }
}
