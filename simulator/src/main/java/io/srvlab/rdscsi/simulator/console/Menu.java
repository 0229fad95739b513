package io.srvlab.rdscsi.simulator.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One menu of the command tree, such as {@code /disk}: a table of items. The console does {@code find}, {@code print},
 * {@code get} and {@code where} over {@link #items}; what a write means is the menu's own affair. Every method is one
 * step: the console may let other sessions run between two calls.
 */
public interface Menu {
    /** The properties, in the order in which {@code print detail} shows them. */
    List<Property> properties();

    /** A snapshot of the items, in the order in which {@code print} shows them. */
    List<Item> items();

    /** The title that {@code print} shows above the rows, such as {@code Flags: X - disabled}. */
    String flagsTitle();

    /**
     * Makes an item. Names were checked against {@link #properties} (an unknown one never gets here).
     *
     * @throws ConsoleError in RouterOS' words
     */
    Value.Id add(Map<String, Value> given) throws ConsoleError;

    /** Changes one item: all of {@code given}, or nothing and an error. */
    void set(Value.Id item, Map<String, Value> given) throws ConsoleError;

    void remove(Value.Id item) throws ConsoleError;

    /** Commands beside the generic ones, by name: {@code monitor-traffic}. */
    Map<String, Verb> verbs();

    /**
     * A property of a menu's items.
     *
     * @param writable whether {@code add} and {@code set} take it; read-only ones are refused like unknown ones
     * @param required whether {@code add} needs it
     */
    record Property(String name, boolean writable, boolean required) {}

    /** An item as it stands: values by property; a property without entry is unset. */
    record Item(Value.Id id, Map<String, Value> values) {}

    /** A command of a menu's own. {@code on} is the item it names, if it names one; {@code given} its other arguments, flags as {@code true}. */
    interface Verb {
        /** What the command prints, lines ended by {@code \n}; the front turns that into CRLF. */
        String run(@Nullable Item on, Map<String, Value> given) throws ConsoleError;
    }
}
