package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.MenuCall;
import io.srvlab.rdscsi.simulator.console.Syntax.Statement;
import io.srvlab.rdscsi.simulator.console.Syntax.UnknownCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Commands of menus: {@code /disk/add a=b}, {@code /disk add a=b}, and inside an argument {@code [find …]} of the same menu. */
final class CommandParser {
    private final Lexer in;
    private final Tree tree;
    private final ExpressionParser expressions;
    /** The menu whose command is being read, or none: where a command without a path looks. */
    private String here = "";

    CommandParser(Lexer in, Tree tree, ExpressionParser expressions) {
        this.in = in;
        this.tree = tree;
        this.expressions = expressions;
    }

    /** What a command of one kind takes. */
    private record Grammar(Predicate<String> names, int unnamed, Set<String> flags, boolean where) {}

    Statement command() {
        int line = in.line();
        String path = in.take("/") ? "" : here;
        boolean joined = false;
        while (true) {
            int start = in.position();
            String word = in.word();
            if (word.isEmpty()) throw in.error("expected command name", start);
            String further = path.isEmpty() ? word : path + "/" + word;
            Menu menu = tree.menuOf(path, word);
            if (menu != null) return arguments(path, menu, word, line);
            if (!tree.leadsOn(further)) return unknown(word, start, joined);
            path = further;
            joined = in.take("/");
            if (!joined) in.skipBlanks();
        }
    }

    /** Joined by slashes, an unknown word spoils the line; spelled with spaces, only its own command. */
    private UnknownCommand unknown(String word, int start, boolean joined) {
        if (joined || in.peek() == '/') throw in.error("syntax error", start);
        in.skipCommand();
        return new UnknownCommand(word, in.place(start));
    }

    private MenuCall arguments(String path, Menu menu, String command, int line) {
        String outer = here;
        here = path;
        Grammar grammar = grammar(menu, command);
        var named = new LinkedHashMap<String, Expression>();
        var unnamed = new ArrayList<Expression>();
        var flags = new LinkedHashSet<String>();
        Expression where = null;
        while (where == null) {
            boolean apart = in.atBlank();
            in.skipBlanks();
            if (in.atCommandEnd()) break;
            int start = in.position();
            if (!apart) throw in.error("expected end of command");
            String name = in.argumentName();
            if (name != null) {
                if (!grammar.names.test(name) || named.containsKey(name))
                    throw in.error("expected end of command", start);
                named.put(name, expressions.value());
            } else if (grammar.where && in.takeWord("where")) {
                where = expressions.filter(menu);
            } else if (unnamed.size() < grammar.unnamed) {
                unnamed.add(expressions.value());
            } else if (!flag(grammar, flags)) {
                throw in.error("expected end of command", start);
            }
        }
        here = outer;
        return new MenuCall(path, menu, command, named, unnamed, flags, where, line);
    }

    private boolean flag(Grammar grammar, Set<String> flags) {
        String word = in.word();
        return grammar.flags.contains(word) && flags.add(word);
    }

    private static Grammar grammar(Menu menu, String command) {
        Set<String> writable = menu.properties().stream()
                .filter(Menu.Property::writable)
                .map(Menu.Property::name)
                .collect(Collectors.toSet());
        Predicate<String> property = writable::contains;
        Predicate<String> numbers = "numbers"::equals;
        int item = menu.single() ? 0 : 1;
        Menu.Verb verb = menu.verbs().get(command);
        if (verb != null) return new Grammar(_ -> true, Integer.MAX_VALUE, Set.of(), false);
        return switch (command) {
            case "add" -> new Grammar(property, 0, Set.of(), false);
            case "set" -> new Grammar(item == 0 ? property : property.or(numbers), item, Set.of(), false);
            case "remove" -> new Grammar(numbers, 1, Set.of(), false);
            case "get" -> new Grammar(Set.of("number", "value-name")::contains, item + 1, Set.of(), false);
            case "find" -> new Grammar(_ -> false, 0, Set.of(), true);
            default ->
                new Grammar(
                        "proplist"::equals,
                        0,
                        Set.of("detail", "brief", "as-value", "count-only", "without-paging", "terse"),
                        !menu.single());
        };
    }
}
