package io.srvlab.rdscsi.simulator.console;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a line of a script means, once parsed. */
final class Syntax {
    private Syntax() {}

    record Place(int line, int column) {
        @Override
        public String toString() {
            return "line " + line + " column " + column;
        }
    }

    /** What stands behind an argument's name. */
    sealed interface Argument {}

    /** The name of a variable to declare or to set. */
    record Name(String name) implements Argument {}

    /** {@code { … }} as code; each such block is a scope. */
    record Code(List<Statement> statements) implements Argument, Statement {}

    sealed interface Expression extends Argument {}

    record Literal(Value value) implements Expression {}

    /** A quoted string with something to fill in: the texts of its parts, joined. */
    record Template(List<Expression> parts) implements Expression {}

    record Variable(String name) implements Expression {}

    /** In a filter, the value of a property of the item looked at. */
    record Property(String name) implements Expression {}

    /** A property where a truth value is wanted: is it set, or, of a yes/no property, is it yes. */
    record Holds(Property property) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Minus(Expression operand) implements Expression {}

    record Binary(Operator operator, Expression left, Expression right) implements Expression {}

    record ArrayOf(List<Expression> values) implements Expression {}

    record DictOf(List<Map.Entry<String, Expression>> entries) implements Expression {}

    /** {@code […]}: what its last command gives. */
    record Substitution(Code code) implements Expression {}

    sealed interface Statement {}

    /** A command of the language itself, {@code :put}. */
    record BuiltinCall(Builtin builtin, Map<String, Argument> arguments, int line) implements Statement {}

    /**
     * A command of a menu.
     *
     * @param named arguments given as {@code name=value}
     * @param unnamed values without a name, in order
     * @param flags words that are there or not, such as {@code detail}
     */
    record MenuCall(
            String path,
            Menu menu,
            String command,
            Map<String, Expression> named,
            List<Expression> unnamed,
            Set<String> flags,
            @Nullable Expression where,
            int line)
            implements Statement {
        String place() {
            return " (/" + path + "/" + command + "; line " + line + ")";
        }
    }

    /** A command that is not there, spelled such that only running it shows. */
    record UnknownCommand(String word, Place place) implements Statement {}
}
