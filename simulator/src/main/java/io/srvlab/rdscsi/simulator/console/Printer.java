package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Menu.Item;
import io.srvlab.rdscsi.simulator.console.Menu.Layout;
import io.srvlab.rdscsi.simulator.console.Menu.Look;
import io.srvlab.rdscsi.simulator.console.Menu.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What {@code print} shows to people. */
record Printer(Menu menu) {
    private static final String LINE_END = "\r\n";
    /** From here on a number of no stated look is a count to be grouped: above any port. */
    private static final long GROUPED_FROM = 100_000;

    String print(List<Item> items, Set<String> flags) {
        if (menu.single()) return settings(items);
        String title = menu.flagsTitle().isEmpty() ? "" : menu.flagsTitle() + LINE_END;
        if (items.isEmpty()) return title;
        if (flags.contains("terse")) return title + terse(items);
        return title + (flags.contains("detail") ? detail(items) : columns(items));
    }

    private String detail(List<Item> items) {
        var rows = new ArrayList<String>();
        for (int i = 0; i < items.size(); i++) {
            String number = "%2d %s ".formatted(i, menu.flags(items.get(i)));
            rows.add(wrapped(padded(number, menu.layout().first()), words(items.get(i), false), menu.layout()));
        }
        return String.join(LINE_END, rows);
    }

    private String terse(List<Item> items) {
        var rows = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            rows.append("%2d %s ".formatted(i, menu.flags(items.get(i))));
            rows.append(String.join(" ", words(items.get(i), true))).append(LINE_END);
        }
        return rows.toString();
    }

    private List<String> words(Item item, boolean bare) {
        return set(item).stream()
                .map(p -> p.name() + "=" + (bare ? shown(value(item, p), Look.BARE) : shown(item, p)))
                .toList();
    }

    /** Words side by side as far as a line goes. One that is longer than a line is broken where the line ends. */
    static String wrapped(String start, List<String> words, Layout layout) {
        String indent = " ".repeat(layout.next());
        var text = new StringBuilder();
        var line = new StringBuilder(start);
        boolean first = true;
        for (String word : words) {
            if (!first && line.length() + 1 + word.length() > layout.width()) {
                text.append(line).append(LINE_END);
                line = new StringBuilder(indent);
                first = true;
            }
            line.append(first ? "" : " ").append(word);
            first = false;
            while (line.length() > layout.width()) {
                text.append(line, 0, layout.width()).append(LINE_END);
                line = new StringBuilder(indent).append(line, layout.width(), line.length());
            }
        }
        return text.append(line).append(LINE_END).toString();
    }

    private String columns(List<Item> items) {
        List<Property> shown = menu.properties().stream()
                .filter(p -> items.stream().anyMatch(item -> set(item).contains(p)))
                .limit(menu.columns())
                .toList();
        var rows = new ArrayList<List<String>>();
        rows.add(shown.stream().map(p -> p.name().toUpperCase(Locale.ROOT)).toList());
        for (Item item : items) {
            rows.add(shown.stream().map(p -> shown(value(item, p), bare(p))).toList());
        }
        var text = new StringBuilder("Columns: ")
                .append(String.join(", ", rows.getFirst()))
                .append(LINE_END);
        for (int row = 0; row < rows.size(); row++) {
            var line = new StringBuilder(row == 0 ? " # " : "%2d ".formatted(row - 1));
            for (int column = 0; column < shown.size(); column++) {
                int at = column;
                int width =
                        rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
                line.append(padded(rows.get(row).get(column), width)).append("  ");
            }
            text.append(line.toString().stripTrailing()).append(LINE_END);
        }
        return text.toString();
    }

    /** One property a line, names to the right, as single menus do. */
    private String settings(List<Item> items) {
        var text = new StringBuilder();
        for (Item item : items) {
            int width = 2
                    + set(item).stream().mapToInt(p -> p.name().length()).max().orElse(0);
            for (Property p : set(item)) {
                text.repeat(' ', width - p.name().length()).append(p.name()).append(": ");
                text.append(shown(value(item, p), bare(p))).append(LINE_END);
            }
        }
        return text.toString();
    }

    private List<Property> set(Item item) {
        return menu.properties().stream()
                .filter(p -> !(value(item, p) instanceof Value.Nothing))
                .toList();
    }

    private static Value value(Item item, Property property) {
        return item.values().getOrDefault(property.name(), Values.NOTHING);
    }

    private Look bare(Property property) {
        Look look = menu.look(property.name());
        return look == Look.BY_TYPE ? Look.BARE : look;
    }

    private String shown(Item item, Property property) {
        return shown(value(item, property), menu.look(property.name()));
    }

    private static String shown(Value value, Look look) {
        return switch (value) {
            case Value.Bool(boolean flag) -> flag ? "yes" : "no";
            case Value.Num(long number)
            when look == Look.GROUPED || (look == Look.BY_TYPE && number >= GROUPED_FROM) ->
                String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
            case Value.Text(String text)
            when look == Look.BY_TYPE -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            default -> Values.text(value);
        };
    }

    private static String padded(String text, int width) {
        return text.length() < width ? text + " ".repeat(width - text.length()) : text;
    }
}
