package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Syntax.ArrayOf;
import io.srvlab.rdscsi.simulator.console.Syntax.Binary;
import io.srvlab.rdscsi.simulator.console.Syntax.Code;
import io.srvlab.rdscsi.simulator.console.Syntax.DictOf;
import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.Holds;
import io.srvlab.rdscsi.simulator.console.Syntax.Literal;
import io.srvlab.rdscsi.simulator.console.Syntax.Minus;
import io.srvlab.rdscsi.simulator.console.Syntax.Not;
import io.srvlab.rdscsi.simulator.console.Syntax.Property;
import io.srvlab.rdscsi.simulator.console.Syntax.Substitution;
import io.srvlab.rdscsi.simulator.console.Syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of arguments, expressions in parentheses, and filters, which are expressions that see an item's properties. */
final class ExpressionParser {
    /** More than any real line, and few enough that the deepest tree of them fits on a thread's stack. */
    private static final int MOST_OPERATORS = 1_000;

    private final Lexer in;
    private final Parser parser;
    /** The menu whose properties are in sight, while a filter is read. */
    private @Nullable Menu filtered;

    private int operators;

    ExpressionParser(Lexer in, Parser parser) {
        this.in = in;
        this.parser = parser;
    }

    /** The value of an argument. Operators need parentheses there. */
    Expression value() {
        return "\"$([{".indexOf(in.peek()) >= 0 ? operand() : new Literal(Bare.typed(in.bare()));
    }

    /** What follows {@code where}. */
    Expression filter(Menu menu) {
        Menu outer = filtered;
        filtered = menu;
        in.skipBlanks();
        Expression condition = condition(expression(Operator.OR.binding(), false));
        filtered = outer;
        return condition;
    }

    Expression quoted() {
        return new StringParser(in, this).quoted();
    }

    /** {@code $name} inside a string, where an unknown name is the empty text. */
    Expression variableInText() {
        String name = in.variableName();
        if (isProperty(name)) return new Property(name);
        return parser.declares(name) ? new Variable(name) : new Literal(new Value.Text(""));
    }

    /**
     * Operators that bind at least as tightly as {@code loosest}, and their operands.
     *
     * @param bare whether the first operand may be an unquoted text, as after {@code =} in a filter
     */
    private Expression expression(int loosest, boolean bare) {
        in.skipBlanks();
        Expression left = bare && isBareStart() ? new Literal(Bare.typed(in.bare("<>,"))) : operand();
        while (true) {
            in.skipBlanks();
            int start = in.position();
            Operator operator = operator();
            if (operator == null) return left;
            if (operator.binding() < loosest) {
                in.back(start);
                return left;
            }
            if (++operators > MOST_OPERATORS) throw in.error("syntax error", start);
            Expression right = expression(operator.binding() + 1, filtered != null && operator.compares());
            left = switch (operator) {
                case AND, OR -> new Binary(operator, condition(left), condition(right));
                default -> new Binary(operator, left, right);
            };
        }
    }

    private @Nullable Operator operator() {
        for (Operator operator : Operator.values()) {
            for (String spelling : operator.spellings()) {
                if (Character.isLetter(spelling.charAt(0)) ? in.takeWord(spelling) : in.take(spelling)) return operator;
            }
        }
        // In a filter, conditions that stand side by side must all hold.
        return filtered == null || in.atCommandEnd() ? null : Operator.AND;
    }

    Expression operand() {
        parser.enter();
        int start = in.position();
        Expression operand = switch (in.peek()) {
            case '"' -> quoted();
            case '$' -> variable();
            case '(' -> parenthesised();
            case '[' -> substitution();
            case '{' -> array();
            case '!' -> not();
            case '-' -> minus();
            default -> word(start);
        };
        parser.leave();
        return operand;
    }

    private Expression variable() {
        int start = in.position();
        in.next();
        String name =
                in.peek() == '"' ? quoted() instanceof Literal(Value.Text(String text)) ? text : "" : in.variableName();
        if (isProperty(name)) return new Property(name);
        if (!parser.declares(name)) throw in.error("syntax error", start);
        return new Variable(name);
    }

    Expression parenthesised() {
        in.next();
        Expression inside = expression(Operator.JOIN.binding(), false);
        if (!in.take(")")) throw in.error("syntax error");
        return inside;
    }

    Expression substitution() {
        in.next();
        Menu outer = filtered;
        filtered = null;
        Code code = parser.scope("]", List.of());
        filtered = outer;
        if (code.statements().isEmpty()) throw in.error("expected command name");
        if (!in.take("]")) throw in.error("syntax error");
        return new Substitution(code);
    }

    private Expression array() {
        int start = in.position();
        in.next();
        var values = new ArrayList<Expression>();
        var entries = new ArrayList<Map.Entry<String, Expression>>();
        do {
            skipLines();
            String key = key();
            if (key == null) values.add(value());
            else entries.add(Map.entry(key, value()));
        } while (separated());
        if (!in.take("}")) throw in.error("missing closing brace");
        if (entries.isEmpty()) return new ArrayOf(List.copyOf(values));
        if (!values.isEmpty()) throw in.error("syntax error", start);
        return new DictOf(List.copyOf(entries));
    }

    /** Whether another value follows: after a semicolon, or on a line of its own. */
    private boolean separated() {
        boolean newLine = skipLines();
        return in.take(";") || (newLine && in.peek() != '}' && in.peek() != '\0');
    }

    private boolean skipLines() {
        int start = in.line();
        in.skipBlanks();
        while (in.take("\n")) in.skipBlanks();
        return in.line() > start;
    }

    /** The key of an array's entry, {@code key=} or {@code "key"=}, if it has one. */
    private @Nullable String key() {
        String name = in.argumentName();
        if (name != null || in.peek() != '"') return name;
        int start = in.position();
        if (quoted() instanceof Literal(Value.Text(String key)) && in.take("=")) return key;
        in.back(start);
        return null;
    }

    private Expression not() {
        in.next();
        in.skipBlanks();
        return new Not(condition(operand()));
    }

    private Expression minus() {
        in.next();
        return new Minus(operand());
    }

    /** An unquoted word: in a filter a property's name, anywhere a number or the like, but never text. */
    private Expression word(int start) {
        boolean names = filtered != null;
        String star = in.take("*") ? "*" : "";
        String word = star + in.run(c -> (Lexer.isWord(c) && (names || c != '-')) || c == '.' || c == ':');
        if (isProperty(word)) return new Property(word);
        Value value = Bare.typed(word);
        if (value instanceof Value.Address && in.peek() == '/' && Lexer.isWord(in.peek(1))) {
            in.next();
            value = Bare.typed(word + "/" + in.run(Lexer::isWord));
        }
        if (!(value instanceof Value.Text)) return new Literal(value);
        throw in.error(names && !word.isEmpty() ? "expected end of command" : "syntax error", start);
    }

    private boolean isBareStart() {
        return "\"$([{".indexOf(in.peek()) < 0;
    }

    private boolean isProperty(String name) {
        return filtered != null
                && (name.equals(".id")
                        || filtered.properties().stream().anyMatch(p -> p.name().equals(name)));
    }

    /** A property that stands alone asks whether it is set. */
    private static Expression condition(Expression expression) {
        return expression instanceof Property property ? new Holds(property) : expression;
    }
}
