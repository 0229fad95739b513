package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A menu that keeps what it is given. */
final class Notes implements Menu {
    final List<Item> items = new ArrayList<>();

    @Override
    public List<Property> properties() {
        return List.of(
                new Property("comment", true, false),
                new Property("title", true, false),
                new Property("size", true, false));
    }

    @Override
    public List<Item> items() {
        return List.copyOf(items);
    }

    @Override
    public String flagsTitle() {
        return "";
    }

    @Override
    public Value.Id add(Map<String, Value> given) {
        var id = new Value.Id(items.size() + 1);
        items.add(new Item(id, Map.copyOf(given)));
        return id;
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void remove(Value.Id item) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Verb> verbs() {
        return Map.of();
    }
}
