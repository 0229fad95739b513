package io.srvlab.rdscsi.routeros;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One command of a script. It can only be made by the methods below, which check every name and quote every value, so
 * that no text from outside can become a command. Menus are written {@code /disk}, {@code /disk/btrfs/subvolume}.
 */
public final class Command {
    private final String text;
    private final boolean changing;

    private Command(String text, boolean changing) {
        this.text = text;
        this.changing = changing;
    }

    private static Command changing(String text) {
        return new Command(text, true);
    }

    private static Command reading(String text) {
        return new Command(text, false);
    }

    /** Makes an item. Properties are written in the order of the map. */
    public static Command add(String menu, Map<String, String> properties) {
        return changing(Quoting.menu(menu) + "/add " + written(properties));
    }

    /**
     * Changes all items that match. None is no error: what became of it must be read back. Properties are written in the
     * order of the map.
     */
    public static Command set(String menu, Filter where, Map<String, String> properties) {
        return changing(Quoting.menu(menu) + "/set " + found(where) + " " + written(properties));
    }

    /** Removes all items that match. None is no error. */
    public static Command remove(String menu, Filter where) {
        return changing(Quoting.menu(menu) + "/remove " + found(where));
    }

    /** Prints all items that match as one line, for {@link Rows#parse}. */
    public static Command printJson(String menu, Filter where) {
        return json(Quoting.menu(menu) + "/print detail as-value where " + where.text());
    }

    /**
     * As {@link #printJson(String, Filter)}, and of each item these properties only, and its id. RouterOS 7.17 to 7.24 have been seen
     * to take the names, and to refuse the whole command for one that the menu has not.
     */
    public static Command printJson(String menu, Filter where, List<String> properties) {
        if (properties.isEmpty()) throw new IllegalArgumentException("no property to read");
        return json("%s/print as-value proplist=%s where %s"
                .formatted(
                        Quoting.menu(menu),
                        properties.stream().map(Quoting::property).collect(Collectors.joining(",")),
                        where.text()));
    }

    /** Prints all items as one line, for {@link Rows#parse}. */
    public static Command printJson(String menu) {
        return json(Quoting.menu(menu) + "/print detail as-value");
    }

    /** Prints one property of a menu that is no table, such as {@code /system/resource}. Any RouterOS knows this command. */
    public static Command get(String menu, String property) {
        return reading(":put [" + Quoting.menu(menu) + "/get " + Quoting.property(property) + "]");
    }

    /** Prints how many items match. */
    public static Command count(String menu, Filter where) {
        return reading(":put " + counted(menu, where));
    }

    /** Runs {@code then} if no item matches. */
    public static Command ifNone(String menu, Filter where, Command then) {
        return ifFewer(menu, where, 1, List.of(then));
    }

    /** Runs {@code then}, in order, if fewer than {@code limit} items match. */
    public static Command ifFewer(String menu, Filter where, int limit, List<Command> then) {
        if (then.isEmpty()) throw new IllegalArgumentException("nothing to run");
        var body = then.stream().map(Command::text).collect(Collectors.joining("; "));
        return new Command(
                ":if (" + counted(menu, where) + " < " + limit + ") do={ " + body + " }",
                then.stream().anyMatch(Command::changes));
    }

    /** Prints the counters of one disk as they are now, for {@link Traffic#parse}. */
    public static Command monitorTraffic(String slot) {
        return reading("/disk/monitor-traffic " + Quoting.quote(slot) + " once");
    }

    /** Copies a disk's bytes to another that is at least as large; returns when all are copied, and prints how far it is. */
    public static Command copy(String fromSlot, String toSlot) {
        return changing("/disk/copy src=" + Quoting.quote(fromSlot) + " dst=" + Quoting.quote(toSlot));
    }

    /** Waits. It counts as a change, so that it is never asked twice. */
    public static Command pause(Duration time) {
        return changing(":delay " + time.toMillis() + "ms");
    }

    /** As RouterOS reads it. */
    public String text() {
        return text;
    }

    /** Whether it may change something. */
    public boolean changes() {
        return changing;
    }

    /** What it needs of the user's group. That all of it is needed, and nothing else, no appliance has been asked. */
    Set<String> policies() {
        var needed = new TreeSet<>(Set.of("read"));
        if (changing) needed.add("write");
        if (text.contains("/system/resource/") || text.contains("/monitor-")) needed.add("test");
        return needed;
    }

    // Without the option RouterOS turns a text of digits into a floating-point number, which destroys sizes and names.
    private static Command json(String print) {
        return reading(":put [:serialize to=json options=json.no-string-conversion value=[" + print + "]]");
    }

    private static String found(Filter where) {
        return "[find where " + where.text() + "]";
    }

    private static String counted(String menu, Filter where) {
        return "[:len [" + Quoting.menu(menu) + "/find where " + where.text() + "]]";
    }

    private static String written(Map<String, String> properties) {
        if (properties.isEmpty()) throw new IllegalArgumentException("a command that writes needs a property");
        return properties.entrySet().stream()
                .map(entry -> Quoting.property(entry.getKey()) + "=" + Quoting.quote(entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Command command && command.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
