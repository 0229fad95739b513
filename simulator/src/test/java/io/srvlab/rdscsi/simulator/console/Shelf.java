package io.srvlab.rdscsi.simulator.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A menu in memory, for the tests of the language: what it is told is what it holds. */
class Shelf implements Menu {
    private final List<Property> properties;
    private final String title;
    private final List<Item> items = new ArrayList<>();
    private final Map<String, Look> looks = new HashMap<>();
    private final Map<String, Verb> verbs = new HashMap<>();
    private long last;

    Shelf(String title, Property... properties) {
        this.title = title;
        this.properties = List.of(properties);
    }

    static Property writable(String name) {
        return new Property(name, true, false);
    }

    static Property readOnly(String name) {
        return new Property(name, false, false);
    }

    static Property required(String name) {
        return new Property(name, true, true);
    }

    Shelf look(Look look, String... names) {
        for (String name : names) looks.put(name, look);
        return this;
    }

    Shelf verb(String name, Verb verb) {
        verbs.put(name, verb);
        return this;
    }

    /** Puts an item on the shelf: names and values in turn. */
    Shelf with(Object... namesAndValues) {
        var values = new LinkedHashMap<String, Value>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
        }
        put(values);
        return this;
    }

    private synchronized Value.Id put(Map<String, Value> values) {
        var id = new Value.Id(++last);
        items.add(new Item(id, Map.copyOf(values)));
        return id;
    }

    @Override
    public List<Property> properties() {
        return properties;
    }

    @Override
    public synchronized List<Item> items() {
        return List.copyOf(items);
    }

    @Override
    public String flagsTitle() {
        return title;
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        if (given.get("slot") instanceof Value.Text(String slot) && slot.equals("full"))
            throw new ConsoleError("failure: not enough space");
        return put(given);
    }

    @Override
    public synchronized void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        Item old = find(item);
        var values = new HashMap<>(old.values());
        values.putAll(given);
        items.set(items.indexOf(old), new Item(item, Map.copyOf(values)));
    }

    @Override
    public synchronized void remove(Value.Id item) throws ConsoleError {
        items.remove(find(item));
    }

    private Item find(Value.Id id) throws ConsoleError {
        return items.stream()
                .filter(item -> item.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new ConsoleError("no such item"));
    }

    @Override
    public Map<String, Verb> verbs() {
        return verbs;
    }

    @Override
    public Look look(String property) {
        return looks.getOrDefault(property, Look.BY_TYPE);
    }
}
