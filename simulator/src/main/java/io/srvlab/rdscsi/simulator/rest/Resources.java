package io.srvlab.rdscsi.simulator.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command tree as REST shows it: GET reads, PUT adds, PATCH sets, DELETE removes, POST gives any command of a menu. Every
 * value is a string.
 */
final class Resources {
    private static final String ID = ".id";

    /**
     * A request.
     *
     * @param path without {@code /rest/}
     * @param query as it was sent, decoded as a whole; empty if there is none
     */
    record Request(String method, String path, String query, JsonNode given) {}

    /** A menu, and what stands behind it in the path. */
    private record Place(Menu menu, String rest) {}

    private final Map<String, Menu> menus;
    private final Lines lines;

    Resources(Map<String, Menu> menus, Lines lines) {
        this.menus = Map.copyOf(menus);
        this.lines = lines;
    }

    /** The command line that would do the same, an item by its name: {@code /disk/set pvc-1 comment="mine"}. */
    String line(Request request) {
        var path = "/" + request.path();
        var place = place(request.path());
        if (place.isEmpty()) return path;
        var menu = place.get().menu();
        var rest = place.get().rest();
        var at = "/" + request.path().substring(0, request.path().length() - rest.length());
        var verb = switch (request.method()) {
            case "GET" -> "print";
            case "PUT" -> "add";
            case "PATCH" -> "set";
            case "DELETE" -> "remove";
            default -> rest;
        };
        boolean named = !request.method().equals("POST") && !rest.isEmpty();
        var words = new ArrayList<String>();
        words.add(at.replaceFirst("/$", "") + "/" + verb);
        if (named) words.add(name(menu, rest));
        if (!request.query().isEmpty()) words.add("where " + request.query());
        for (var given : request.given().properties()) {
            boolean item = given.getKey().equals(ID) || given.getKey().equals("numbers");
            var value = given.getValue();
            words.add(item ? name(menu, value.asText()) : given.getKey() + "=" + value);
        }
        return String.join(" ", words);
    }

    /** The slot or the name of an item that there is. */
    private static String name(Menu menu, String named) {
        try {
            var values = item(menu, named).values();
            return Stream.of("slot", "name")
                    .map(values::get)
                    .filter(Objects::nonNull)
                    .map(Value::text)
                    .findFirst()
                    .orElse(named);
        } catch (ConsoleError e) {
            return named;
        }
    }

    Answered answer(Request request) {
        var place = place(request.path());
        if (place.isEmpty()) return Answered.error(400, "no such command or directory (" + request.path() + ")");
        try {
            return answer(request, place.get());
        } catch (ConsoleError e) {
            return Answered.error(e);
        }
    }

    private Optional<Place> place(String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            var menu = menus.get(path.substring(0, end));
            if (menu != null) return Optional.of(new Place(menu, path.substring(Math.min(path.length(), end + 1))));
        }
        return Optional.empty();
    }

    private Answered answer(Request request, Place place) throws ConsoleError {
        var menu = place.menu();
        var rest = place.rest();
        return switch (request.method()) {
            case "GET" -> rest.isEmpty() ? list(menu, ofQuery(request.query())) : one(menu, item(menu, rest));
            case "PUT" -> {
                if (!rest.isEmpty()) yield Answered.error(400, "no such command");
                var made = menu.add(properties(menu, request.given()));
                yield new Answered(201, row(menu, item(menu, text(made)), List.of()));
            }
            case "PATCH" -> {
                var item = item(menu, rest);
                menu.set(item.id(), properties(menu, request.given()));
                yield one(menu, item(menu, text(item.id())));
            }
            case "DELETE" -> {
                menu.remove(item(menu, rest).id());
                yield new Answered(204, null);
            }
            case "POST" -> command(menu, rest, request.given());
            default -> Answered.error(405, null);
        };
    }

    private Answered command(Menu menu, String command, JsonNode given) throws ConsoleError {
        return switch (command) {
            case "print" -> list(menu, new Wish(proplist(given.path(".proplist")), Query.of(given.path(".query"))));
            case "add" -> {
                var made = menu.add(properties(menu, given));
                yield Answered.ok(JsonNodeFactory.instance.objectNode().put("ret", text(made)));
            }
            case "set" -> {
                menu.set(named(menu, given).id(), properties(menu, given));
                yield Answered.ok(JsonNodeFactory.instance.arrayNode());
            }
            case "remove" -> {
                menu.remove(named(menu, given).id());
                yield Answered.ok(JsonNodeFactory.instance.arrayNode());
            }
            default -> {
                var verb = menu.verbs().get(command);
                if (verb == null) yield Answered.error(400, "no such command");
                var printed = new Printed(lines);
                verb.run(verb.namesItem() ? named(menu, given) : null, flags(given), printed);
                yield Answered.ok(report(printed.text.toString()));
            }
        };
    }

    /** What a command prints, for an answer when it has ended. */
    private record Printed(StringBuilder text, Lines lines) implements Menu.Running {
        Printed(Lines lines) {
            this(new StringBuilder(), lines);
        }

        @Override
        public void print(String more) {
            text.append(more);
        }

        @Override
        public void pause(Duration time) throws ConsoleError {
            try {
                lines.pause(time);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new ConsoleError("interrupted");
            }
        }
    }

    /** A report for people, {@code name: value} a line, as REST has it. */
    private static JsonNode report(String text) {
        var row = JsonNodeFactory.instance.objectNode();
        text.lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> {
                    var value = parts[1].strip();
                    row.put(parts[0].strip(), value.matches("[0-9]{1,3}( [0-9]{3})+") ? value.replace(" ", "") : value);
                });
        return JsonNodeFactory.instance.arrayNode().add(row);
    }

    /** What is to be shown of which items. */
    private record Wish(List<String> properties, Predicate<Map<String, String>> query) {}

    private static Wish ofQuery(String query) {
        var wanted = new ArrayList<String>();
        Predicate<Map<String, String>> all = _ -> true;
        for (var part : query.split("&", -1)) {
            if (part.isEmpty()) continue;
            var pair = URLDecoder.decode(part, UTF_8).split("=", 2);
            var value = pair.length == 2 ? pair[1] : "";
            if (pair[0].equals(".proplist")) wanted.addAll(List.of(value.split(",")));
            else all = all.and(row -> value.equals(row.get(pair[0])));
        }
        return new Wish(wanted, all);
    }

    private static List<String> proplist(JsonNode given) {
        if (given.isTextual()) return List.of(given.asText().split(","));
        var names = new ArrayList<String>();
        given.forEach(name -> names.add(name.asText()));
        return names;
    }

    private static Answered list(Menu menu, Wish wish) {
        var rows = JsonNodeFactory.instance.arrayNode();
        for (var item : menu.items()) {
            if (wish.query().test(values(menu, item))) rows.add(row(menu, item, wish.properties()));
        }
        return Answered.ok(menu.single() && !rows.isEmpty() ? rows.get(0) : rows);
    }

    private static Answered one(Menu menu, Menu.Item item) {
        return Answered.ok(row(menu, item, List.of()));
    }

    private static ObjectNode row(Menu menu, Menu.Item item, List<String> wanted) {
        var row = JsonNodeFactory.instance.objectNode();
        values(menu, item).forEach((name, value) -> {
            if (wanted.isEmpty() || wanted.contains(name)) row.put(name, value);
        });
        return row;
    }

    /** All values as strings, in the menu's order; the unset ones are not there. */
    private static Map<String, String> values(Menu menu, Menu.Item item) {
        var values = new LinkedHashMap<String, String>();
        if (!menu.single()) values.put(ID, text(item.id()));
        for (var property : menu.properties()) {
            var value = item.values().get(property.name());
            if (value != null && !(value instanceof Value.Nothing)) values.put(property.name(), text(value));
        }
        return values;
    }

    private static Menu.Item named(Menu menu, JsonNode given) throws ConsoleError {
        var id = Stream.of(ID, "numbers")
                .map(given::path)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .findFirst();
        return item(menu, id.orElse(""));
    }

    /** By id, or by name. */
    private static Menu.Item item(Menu menu, String named) throws ConsoleError {
        if (menu.single()) return menu.items().getFirst();
        return menu.items().stream()
                .filter(item -> text(item.id()).equalsIgnoreCase(named)
                        || isText(item.values().get("slot"), named)
                        || isText(item.values().get("name"), named))
                .findFirst()
                .orElseThrow(() -> new ConsoleError("no such item"));
    }

    private static boolean isText(@Nullable Value value, String text) {
        return value instanceof Value.Text(var it) && it.equals(text);
    }

    private static Map<String, Value> properties(Menu menu, JsonNode given) throws ConsoleError {
        var properties = new LinkedHashMap<String, Value>();
        for (var property : given.properties()) {
            var name = property.getKey();
            if (name.equals(ID) || name.equals("numbers")) continue;
            if (menu.properties().stream().noneMatch(known -> known.name().equals(name) && known.writable())) {
                throw new ConsoleError("unknown parameter " + name);
            }
            var text = property.getValue().asText();
            properties.put(
                    name,
                    switch (text) {
                        case "true" -> new Value.Bool(true);
                        case "false" -> new Value.Bool(false);
                        default -> new Value.Text(text);
                    });
        }
        return properties;
    }

    private static Map<String, Value> flags(JsonNode given) {
        var flags = new LinkedHashMap<String, Value>();
        for (var each : given.properties()) {
            if (List.of(ID, "numbers").contains(each.getKey())) continue;
            var text = each.getValue().asText();
            flags.put(each.getKey(), text.isEmpty() ? new Value.Bool(true) : new Value.Text(text));
        }
        return flags;
    }

    private static String text(Value value) {
        return value.text();
    }
}
