package io.srvlab.rdscsi.simulator.console;

import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** {@code print as-value}: maps with sorted keys, in an array even for one row; unset properties are not there. */
final class AsValue {
    private AsValue() {}

    static Value of(Menu menu, List<Menu.Item> items) {
        List<Value> rows = items.stream().map(item -> row(menu, item)).toList();
        return menu.single() && rows.size() == 1 ? rows.getFirst() : new Value.Array(rows);
    }

    private static Value row(Menu menu, Menu.Item item) {
        var row = new TreeMap<String, Value>();
        if (!menu.single()) row.put(".id", item.id());
        item.values().forEach((name, value) -> {
            if (!(value instanceof Value.Nothing)) row.put(name, value);
        });
        return new Value.Dict(Collections.unmodifiableSortedMap(row));
    }
}
