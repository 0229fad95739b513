package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Builtin.Parameter;
import io.srvlab.rdscsi.simulator.console.Syntax.Argument;
import io.srvlab.rdscsi.simulator.console.Syntax.BuiltinCall;
import io.srvlab.rdscsi.simulator.console.Syntax.Code;
import io.srvlab.rdscsi.simulator.console.Syntax.Literal;
import io.srvlab.rdscsi.simulator.console.Syntax.Name;
import io.srvlab.rdscsi.simulator.console.Syntax.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements, blocks and the commands of the language. Names are resolved here, so a wrong one stops the line before it runs. */
final class Parser {
    /** Deeper nesting than any real script, and far from the end of a thread's stack. */
    private static final int DEEPEST = 100;

    private final Lexer in;
    private final ExpressionParser expressions;
    private final CommandParser commands;
    private final Deque<Set<String>> scopes = new ArrayDeque<>();
    private int depth;

    private Parser(Lexer in, Tree tree) {
        this.in = in;
        this.expressions = new ExpressionParser(in, this);
        this.commands = new CommandParser(in, tree, expressions);
    }

    /** Parses one line, whole. */
    static Code line(String text, Tree tree) {
        return new Parser(new Lexer(text), tree).scope("\0", List.of());
    }

    boolean declares(String variable) {
        return scopes.stream().anyMatch(scope -> scope.contains(variable));
    }

    void enter() {
        if (++depth > DEEPEST) throw in.error("syntax error");
    }

    void leave() {
        depth--;
    }

    /** {@code { … }} as code, with {@code variables} declared inside. */
    private Code block(List<String> variables) {
        if (!in.take("{")) throw in.error("syntax error");
        Code code = scope("}", variables);
        if (!in.take("}")) throw in.error("expected closing brace");
        return code;
    }

    /** Statements up to {@code closing}, which is left to be read. */
    Code scope(String closing, List<String> variables) {
        enter();
        scopes.push(new HashSet<>(variables));
        var statements = new ArrayList<Statement>();
        while (true) {
            in.skipToStatement();
            if (closes(closing)) break;
            statements.add(statement());
            in.skipBlanks();
            if (!closes(closing) && in.peek() != ';' && in.peek() != '\n') throw in.error("expected end of command");
        }
        scopes.pop();
        leave();
        return new Code(List.copyOf(statements));
    }

    /** At the end of the text every scope closes; its own parser then misses the bracket. */
    private boolean closes(String closing) {
        return in.peek() == closing.charAt(0) || in.peek() == '\0';
    }

    private Statement statement() {
        if (in.peek() == '{') return block(List.of());
        if (!in.take(":")) return commands.command();
        int start = in.position();
        String word = in.word();
        if (word.isEmpty()) throw in.error("expected command name", start);
        return builtin(Builtin.of(word).orElseThrow(() -> in.error("bad command name " + word, start)));
    }

    private BuiltinCall builtin(Builtin builtin) {
        int line = in.line();
        var arguments = new LinkedHashMap<String, Argument>();
        while (true) {
            boolean apart = in.atBlank();
            in.skipBlanks();
            if (in.atCommandEnd()) break;
            int start = in.position();
            if (!apart) throw in.error("expected end of command");
            Parameter flag = flag(builtin);
            if (flag != null) {
                arguments.put(flag.name(), new Literal(new Value.Bool(true)));
                continue;
            }
            String name = in.argumentName();
            Parameter parameter = builtin.parameters().stream()
                    .filter(p -> !arguments.containsKey(p.name()))
                    .filter(p -> name == null ? p.positional() : p.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> in.error("expected end of command", start));
            arguments.put(parameter.name(), argument(builtin, parameter, arguments));
        }
        if (builtin == Builtin.LOCAL || builtin == Builtin.GLOBAL) {
            String declared = name(arguments);
            if (declared != null) scopes.element().add(declared);
        }
        return new BuiltinCall(builtin, Map.copyOf(arguments), line);
    }

    private Argument argument(Builtin builtin, Parameter parameter, Map<String, Argument> before) {
        return switch (parameter.kind()) {
            case VALUE -> expressions.value();
            case NAME -> variable(builtin);
            case SCRIPT -> in.peek() == '{' ? script() : expressions.value();
            case FLAG -> throw in.error("expected end of command");
            case CODE -> {
                String bound = builtin.bindsInDo() && parameter.name().equals("do") ? name(before) : null;
                yield block(bound == null ? List.of() : List.of(bound));
            }
        };
    }

    private @Nullable Parameter flag(Builtin builtin) {
        return builtin.parameters().stream()
                .filter(parameter -> parameter.kind() == Builtin.Kind.FLAG && in.takeWord(parameter.name()))
                .findFirst()
                .orElse(null);
    }

    /** A block that runs by itself: it sees no variable of what is around it. */
    private Literal script() {
        var around = new ArrayDeque<>(scopes);
        scopes.clear();
        int start = in.position();
        block(List.of());
        scopes.addAll(around);
        return new Literal(new Value.Text(in.between(start + 1, in.position() - 1)));
    }

    private Name variable(Builtin builtin) {
        int start = in.position();
        String name = in.peek() == '"' ? quotedName(start) : in.variableName();
        if (name.isEmpty()) throw in.error("syntax error", start);
        if (builtin == Builtin.SET && !declares(name)) throw in.error("syntax error", start);
        return new Name(name);
    }

    private String quotedName(int start) {
        if (expressions.quoted() instanceof Literal(Value.Text(String text))) return text;
        throw in.error("syntax error", start);
    }

    private static @Nullable String name(Map<String, Argument> arguments) {
        for (Argument argument : arguments.values()) if (argument instanceof Name(String name)) return name;
        return null;
    }
}
