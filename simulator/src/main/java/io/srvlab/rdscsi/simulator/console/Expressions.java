package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Syntax.ArrayOf;
import io.srvlab.rdscsi.simulator.console.Syntax.Binary;
import io.srvlab.rdscsi.simulator.console.Syntax.DictOf;
import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.Holds;
import io.srvlab.rdscsi.simulator.console.Syntax.Literal;
import io.srvlab.rdscsi.simulator.console.Syntax.Minus;
import io.srvlab.rdscsi.simulator.console.Syntax.Not;
import io.srvlab.rdscsi.simulator.console.Syntax.Property;
import io.srvlab.rdscsi.simulator.console.Syntax.Substitution;
import io.srvlab.rdscsi.simulator.console.Syntax.Template;
import io.srvlab.rdscsi.simulator.console.Syntax.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What expressions come to in one place of a script.
 *
 * @param row the item that a filter looks at, if this is one
 */
record Expressions(Evaluator evaluator, Scope scope, Menu.@Nullable Item row) {
    private static final int DEEPEST_ARRAY = 64;
    /** What an entry of an array counts for. */
    private static final long ENTRY_CHARACTERS = 16;

    /** Whether a filter lets {@code item} through. */
    boolean holds(Expression filter, Menu.Item item) throws ConsoleError {
        return Arithmetic.truth(new Expressions(evaluator, scope, item).value(filter));
    }

    Value value(Expression expression) throws ConsoleError {
        return switch (expression) {
            case Literal(Value value) -> value;
            case Variable(String name) -> scope.find(name).value();
            case Property(String name) -> property(name);
            case Holds(Property property) -> new Value.Bool(holds(value(property)));
            case Template template -> text(template);
            case Not(Expression operand) -> new Value.Bool(!Arithmetic.truth(value(operand)));
            case Minus(Expression operand) -> Arithmetic.apply(Operator.MINUS, new Value.Num(0), value(operand));
            case Binary binary -> binary(binary);
            case Substitution(var code) -> evaluator.substitute(code, scope);
            case ArrayOf array -> array(array);
            case DictOf dict -> dict(dict);
        };
    }

    private Value property(String name) {
        if (row == null) return Values.NOTHING;
        return name.equals(".id") ? row.id() : row.values().getOrDefault(name, Values.NOTHING);
    }

    private static boolean holds(Value property) {
        return switch (property) {
            case Value.Bool(boolean flag) -> flag;
            case Value.Nothing _ -> false;
            default -> true;
        };
    }

    private Value text(Template template) throws ConsoleError {
        var text = new StringBuilder();
        for (Expression part : template.parts()) text.append(Values.text(value(part)));
        evaluator.budget().made(text.length());
        return new Value.Text(text.toString());
    }

    private Value binary(Binary binary) throws ConsoleError {
        Value left = value(binary.left());
        Value right = value(binary.right());
        // An item without the property is neither less nor more.
        if (binary.left() instanceof Property
                && left instanceof Value.Nothing
                && binary.operator().orders()) return new Value.Bool(false);
        Value result = Arithmetic.apply(binary.operator(), left, right);
        if (result instanceof Value.Text(String text)) evaluator.budget().made(text.length());
        if (result instanceof Value.Array(var values)) evaluator.budget().made(values.size() * ENTRY_CHARACTERS);
        return result;
    }

    private Value array(ArrayOf array) throws ConsoleError {
        var values = new ArrayList<Value>();
        for (Expression each : array.values()) values.add(value(each));
        return bounded(new Value.Array(values));
    }

    private Value dict(DictOf dict) throws ConsoleError {
        var entries = new LinkedHashMap<String, Value>();
        for (var entry : dict.entries()) entries.put(entry.getKey(), value(entry.getValue()));
        return bounded(new Value.Dict(entries));
    }

    private static Value bounded(Value array) throws ConsoleError {
        if (Values.depth(array) > DEEPEST_ARRAY) throw new ConsoleError("array is nested too deep");
        return array;
    }
}
