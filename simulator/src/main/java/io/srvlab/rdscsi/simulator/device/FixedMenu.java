package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A menu that only shows. All rows have the same properties; there is at least one. */
record FixedMenu(boolean single, List<Property> properties, Supplier<List<Map<String, Value>>> rows)
        implements ReadOnlyMenu {
    /** A table. */
    static FixedMenu of(List<Map<String, Value>> rows) {
        return new FixedMenu(false, properties(rows.getFirst()), () -> rows);
    }

    /** A table, asked for each time. */
    static FixedMenu asked(Supplier<List<Map<String, Value>>> rows) {
        return new FixedMenu(false, properties(rows.get().getFirst()), rows);
    }

    /** One set of settings, asked for each time. */
    static FixedMenu ofOne(Supplier<Map<String, Value>> settings) {
        return new FixedMenu(true, properties(settings.get()), () -> List.of(settings.get()));
    }

    private static List<Property> properties(Map<String, Value> row) {
        return row.keySet().stream().map(n -> new Property(n, false, false)).toList();
    }

    @Override
    public List<Item> items() {
        var items = new ArrayList<Item>();
        for (var row : rows.get()) items.add(new Item(new Value.Id(items.size()), row));
        return items;
    }
}
