package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Builtin.Parameter;
import io.srvlab.rdscsi.simulator.console.Signal.Raised;
import io.srvlab.rdscsi.simulator.console.Syntax.BuiltinCall;
import io.srvlab.rdscsi.simulator.console.Syntax.Code;
import io.srvlab.rdscsi.simulator.console.Syntax.MenuCall;
import io.srvlab.rdscsi.simulator.console.Syntax.Statement;
import io.srvlab.rdscsi.simulator.console.Syntax.UnknownCommand;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs the statements of one exec: its variables, its output, its budget. */
final class Evaluator {
    private final StringBuilder output = new StringBuilder();
    private final Budget budget;
    private final Map<String, Scope.Cell> globals = new HashMap<>();
    private final Session session;
    private final Consumer<Evaluator> listener;
    private final int depth;

    Evaluator(Session session) {
        this(session, _ -> {});
    }

    /** @param listener is told each time there is more output */
    Evaluator(Session session, Consumer<Evaluator> listener) {
        this.session = session;
        this.listener = listener;
        this.budget = new Budget();
        this.depth = 0;
    }

    /** A script inside another's: it uses that one's budget. */
    Evaluator(Evaluator outer) {
        this.session = outer.session;
        this.listener = _ -> {};
        this.budget = outer.budget;
        this.depth = outer.depth + 1;
    }

    /** How many scripts are around this one. */
    int depth() {
        return depth;
    }

    Session session() {
        return session;
    }

    String output() {
        return output.toString();
    }

    Budget budget() {
        return budget;
    }

    /** Where a global variable is kept, from one line of the exec to the next. */
    Scope.Cell global(String name) {
        return globals.computeIfAbsent(name, _ -> new Scope.Cell());
    }

    void print(String text) {
        budget.made(text.length());
        output.append(text);
        listener.accept(this);
    }

    /** Runs one line; gives whether it ended well. Its error, if any, is printed. */
    boolean line(String text) {
        try {
            run(Parser.line(text, session.tree()), new Scope(null));
            return true;
        } catch (Signal.Returned _) {
            return true;
        } catch (Signal signal) {
            output.append(signal.text()).append('\n');
            listener.accept(this);
            return false;
        }
    }

    /** Runs a block in a scope that was made for it. */
    void run(Code code, Scope own) {
        for (Statement statement : code.statements()) run(statement, own, false);
    }

    /** Runs what stands in brackets, and gives the value of its last command. */
    Value substitute(Code code, Scope outer) {
        var own = new Scope(outer);
        Value last = Values.NOTHING;
        for (Statement statement : code.statements()) last = run(statement, own, true);
        return last;
    }

    private Value run(Statement statement, Scope scope, boolean wanted) {
        budget.step();
        return switch (statement) {
            case Code code -> {
                run(code, new Scope(scope));
                yield Values.NOTHING;
            }
            case UnknownCommand(String word, var place) ->
                throw new Raised("bad command name " + word + " (" + place + ")");
            case BuiltinCall call -> builtin(call, scope);
            case MenuCall call -> menu(call, scope, wanted);
        };
    }

    private Value builtin(BuiltinCall call, Scope scope) {
        String place = " (:" + call.builtin().word() + "; line " + call.line() + ")";
        String missing = call.builtin().parameters().stream()
                .filter(Parameter::required)
                .map(Parameter::name)
                .filter(name -> !call.arguments().containsKey(name))
                .collect(Collectors.joining(" "));
        if (!missing.isEmpty()) throw new Raised("missing value(s) of argument(s) " + missing + place);
        try {
            return new Builtins(this, scope, call).run();
        } catch (ConsoleError error) {
            throw new Raised(error.text() + place);
        }
    }

    private Value menu(MenuCall call, Scope scope, boolean wanted) {
        try {
            return new MenuCommands(call, new Expressions(this, scope, null), wanted, this::print).run();
        } catch (ConsoleError error) {
            throw new Raised(error.text() + call.place());
        }
    }
}
