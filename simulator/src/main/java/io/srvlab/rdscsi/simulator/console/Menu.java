package io.srvlab.rdscsi.simulator.console;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** The title that {@code print} shows above the rows, such as {@code Flags: X - disabled}; empty where items have no flags. */
    default String flagsTitle() {
        return "";
    }

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
    default Map<String, Verb> verbs() {
        return Map.of();
    }

    /** What a user needs to change anything here. */
    default Set<Policy> toChange() {
        return Set.of(Policy.WRITE);
    }

    /** Whether this menu is one set of settings, such as {@code /system/resource}, and no table of items. */
    default boolean single() {
        return false;
    }

    /** How {@code print} shows a property to people; {@code as-value} and {@code get} do not ask. */
    default Look look(String property) {
        return Look.BY_TYPE;
    }

    /** How {@code print detail} places its rows. */
    default Layout layout() {
        return Layout.WIDE;
    }

    /** How many properties, the first ones, {@code print} shows side by side. */
    default int columns() {
        return 5;
    }

    /** The letters of an item's flags, such as {@code X}, explained by {@link #flagsTitle}. */
    default String flags(Item item) {
        return "";
    }

    /** How a value looks to people. */
    enum Look {
        /** Text in quotes, numbers from 100 000 on in groups, all else bare. */
        BY_TYPE,
        /** As it is: {@code type=file}. */
        BARE,
        /** {@code size=53 687 091 200}. */
        GROUPED
    }

    /**
     * Columns of {@code print detail}.
     *
     * @param first where the first property begins, behind number and flags
     * @param next where the lines after the first begin
     * @param width how long a line may be; what is longer is broken in the middle
     */
    record Layout(int first, int next, int width) {
        /** As seen of {@code /disk}. */
        public static final Layout WIDE = new Layout(4, 15, 80);
        /** As seen of {@code /file}. */
        public static final Layout NARROW = new Layout(5, 5, 80);
    }

    /**
     * A property of a menu's items.
     *
     * @param writable whether {@code add} and {@code set} take it; read-only ones are refused like unknown ones
     * @param required whether {@code add} needs it
     */
    record Property(String name, boolean writable, boolean required) {}

    /** An item as it stands: values by property; a property without entry is unset. */
    record Item(Value.Id id, Map<String, Value> values) {}

    /** A command that runs. */
    interface Running {
        /** Prints, lines ended by {@code \n}. */
        void print(String text);

        /**
         * Waits while others have their turn.
         *
         * @throws ConsoleError the session or the job is at its end
         */
        void pause(Duration time) throws ConsoleError;
    }

    /** A command of a menu's own. {@code on} is the item it names, if it names one; {@code given} its other arguments, flags as {@code true}. */
    interface Verb {
        /** What the command prints, lines ended by {@code \n}; the console turns that into CRLF. */
        String run(@Nullable Item on, Map<String, Value> given) throws ConsoleError;

        /** The same, for a command that takes its time: it prints as it goes, and waits such that others have their turn. */
        default void run(@Nullable Item on, Map<String, Value> given, Running running) throws ConsoleError {
            running.print(run(on, given));
        }

        /** What a user needs for it. */
        default Set<Policy> toRun() {
            return Set.of(Policy.READ);
        }

        /** Whether a first word without a name names an item; if not, it is a flag. */
        default boolean namesItem() {
            return true;
        }

        /** What the command gives in brackets with {@code as-value}. */
        default Value value(@Nullable Item on, Map<String, Value> given) throws ConsoleError {
            throw new ConsoleError("expected end of command");
        }
    }
}
