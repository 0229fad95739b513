package io.srvlab.rdscsi.simulator.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The items of a menu that a command names: by id, by ids in an array, or by the name of one. */
record Items(Menu menu) {
    /** The items meant by {@code named}; none for an empty array, as {@code find} gives it. */
    List<Menu.Item> of(Value named) throws ConsoleError {
        if (!(named instanceof Value.Array(var each))) return List.of(one(named));
        var items = new ArrayList<Menu.Item>();
        for (Value value : each) items.addAll(of(value));
        return items;
    }

    /** The only item meant by {@code named}. */
    Menu.Item only(Value named) throws ConsoleError {
        List<Menu.Item> items = of(named);
        if (items.isEmpty()) throw new ConsoleError("no such item");
        if (items.size() > 1) throw new ConsoleError("invalid internal item number");
        return items.getFirst();
    }

    private Menu.Item one(Value named) throws ConsoleError {
        return menu.items().stream()
                .filter(item -> isNamed(item, named))
                .findFirst()
                .orElseThrow(() -> new ConsoleError("no such item"));
    }

    private static boolean isNamed(Menu.Item item, Value named) {
        return switch (named) {
            case Value.Id id -> item.id().equals(id);
            case Value.Text text ->
                Objects.equals(item.values().get("slot"), text)
                        || Objects.equals(item.values().get("name"), text);
            // A row number is no id, and neither is a number's text a name.
            default -> false;
        };
    }
}
