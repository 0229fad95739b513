package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.MenuCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One command of a menu, running. Each call of the menu is a step; other sessions may be between two. */
final class MenuCommands {
    private final MenuCall call;
    private final Menu menu;
    private final Expressions expressions;
    private final boolean wanted;
    private final Consumer<String> output;

    /**
     * A command about to run.
     *
     * @param wanted whether it stands in brackets, where its value counts
     * @param output takes what it prints
     */
    MenuCommands(MenuCall call, Expressions expressions, boolean wanted, Consumer<String> output) {
        this.call = call;
        this.menu = call.menu();
        this.expressions = expressions;
        this.wanted = wanted;
        this.output = output;
    }

    Value run() throws ConsoleError {
        Menu.Verb verb = menu.verbs().get(call.command());
        mustBeAllowed(verb);
        if (verb != null) return new VerbCommand(call, verb, expressions, wanted, output).run();
        return switch (call.command()) {
            case "add" -> add();
            case "set" -> set();
            case "remove" -> remove();
            case "find" ->
                new Value.Array(matching().stream().<Value>map(Menu.Item::id).toList());
            case "get" -> get();
            default -> print();
        };
    }

    private void mustBeAllowed(Menu.@Nullable Verb verb) throws ConsoleError {
        var needed = switch (call.command()) {
            case "add", "set", "remove" -> menu.toChange();
            case "print", "find", "get" -> Set.of(Policy.READ);
            default -> verb == null ? Set.<Policy>of() : verb.toRun();
        };
        if (!expressions.evaluator().session().user().policies().containsAll(needed)) {
            throw new ConsoleError("not enough permissions (9)");
        }
    }

    private Value add() throws ConsoleError {
        Map<String, Value> given = given();
        String missing = menu.properties().stream()
                .filter(Menu.Property::required)
                .map(Menu.Property::name)
                .filter(name -> !given.containsKey(name))
                .collect(Collectors.joining(" "));
        if (!missing.isEmpty()) throw missing(missing);
        return menu.add(given);
    }

    private Value set() throws ConsoleError {
        List<Menu.Item> items = menu.single() ? menu.items() : named();
        Map<String, Value> given = given();
        pause(items);
        for (Menu.Item item : items) menu.set(item.id(), given);
        return Values.NOTHING;
    }

    private Value remove() throws ConsoleError {
        List<Menu.Item> items = named();
        pause(items);
        for (Menu.Item item : items) menu.remove(item.id());
        return Values.NOTHING;
    }

    private void pause(List<Menu.Item> found) {
        if (found.isEmpty()) return;
        Map<String, Value> first = found.getFirst().values();
        Value name = first.getOrDefault("slot", first.getOrDefault("name", Values.NOTHING));
        expressions.evaluator().session().host().between("/" + call.path() + "/" + call.command(), Values.text(name));
    }

    private Value get() throws ConsoleError {
        var unnamed = new ArrayList<>(call.unnamed());
        Menu.Item item = menu.single()
                ? menu.items().getFirst()
                : new Items(menu).only(value(call.named().get("number"), unnamed, "number"));
        Value asked = value(call.named().get("value-name"), unnamed, "value-name");
        if (!unnamed.isEmpty()) throw new ConsoleError("expected end of command");
        String name = Values.text(asked);
        if (name.equals(".id")) return item.id();
        if (menu.properties().stream().noneMatch(property -> property.name().equals(name)))
            throw new ConsoleError("input does not match any value of value-name");
        return item.values().getOrDefault(name, Values.NOTHING);
    }

    private Value print() throws ConsoleError {
        List<Menu.Item> items = matching();
        if (call.flags().contains("count-only")) {
            if (!wanted) output.accept(items.size() + "\r\n");
            return new Value.Num(items.size());
        }
        if (call.named().containsKey("proplist")) items = only(proplist(), items);
        if (call.flags().contains("as-value")) return AsValue.of(menu, items);
        output.accept(new Printer(menu).print(items, call.flags()));
        return Values.NOTHING;
    }

    /** The names in {@code proplist=}: a text with commas, or an array. */
    private Set<String> proplist() throws ConsoleError {
        var names = new HashSet<String>();
        for (Value each : Arithmetic.values(value(call.named().get("proplist"), new ArrayList<>(), "proplist"))) {
            names.addAll(List.of(Values.text(each).split(",", -1)));
        }
        for (String name : names) {
            if (menu.properties().stream().noneMatch(property -> property.name().equals(name)))
                throw new ConsoleError("input does not match any value of proplist");
        }
        return names;
    }

    private static List<Menu.Item> only(Set<String> names, List<Menu.Item> items) {
        return items.stream()
                .map(item -> {
                    var shown = new LinkedHashMap<>(item.values());
                    shown.keySet().retainAll(names);
                    return new Menu.Item(item.id(), shown);
                })
                .toList();
    }

    private List<Menu.Item> matching() throws ConsoleError {
        var matching = new ArrayList<Menu.Item>();
        for (Menu.Item item : menu.items()) {
            expressions.evaluator().budget().step();
            if (call.where() == null || expressions.holds(call.where(), item)) matching.add(item);
        }
        return matching;
    }

    private List<Menu.Item> named() throws ConsoleError {
        return new Items(menu).of(value(call.named().get("numbers"), new ArrayList<>(call.unnamed()), "numbers"));
    }

    /** The value of an argument given by its name, or else the next of those without. */
    private Value value(@Nullable Expression byName, List<Expression> unnamed, String name) throws ConsoleError {
        if (byName != null) return expressions.value(byName);
        if (unnamed.isEmpty()) throw missing(name);
        return expressions.value(unnamed.removeFirst());
    }

    private Map<String, Value> given() throws ConsoleError {
        var given = new LinkedHashMap<String, Value>();
        for (var entry : call.named().entrySet()) {
            if (entry.getKey().equals("numbers")) continue;
            Value value = expressions.value(entry.getValue());
            if (value instanceof Value.Nothing) throw new ConsoleError("invalid value for argument " + entry.getKey());
            given.put(entry.getKey(), value);
        }
        return Collections.unmodifiableMap(given);
    }

    private static ConsoleError missing(String names) {
        return new ConsoleError("Script Error: missing value(s) of argument(s) " + names);
    }
}
