package io.srvlab.rdscsi.simulator.personality;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a rule holds: everything that is said must fit; what is empty fits everywhere.
 *
 * @param command such as {@code /disk/set}: of an item, or one that a line has, however it spells it
 * @param item a regular expression: the whole slot of an item, or a word that a line has
 * @param line a regular expression that is found in a line; an item is in no line
 */
public record Place(String command, String item, String line) implements Predicate<Site> {
    public static final Place ANYWHERE = new Place("", "", "");

    /**
     * As said.
     *
     * @throws IllegalArgumentException something is no regular expression
     */
    public Place {
        var _ = Pattern.compile(item);
        var _ = Pattern.compile(line);
    }

    /** At this command, {@code /disk/set}. */
    public static Place command(String command) {
        return new Place(command, "", "");
    }

    /** At the items of which this regular expression is the whole slot, and in lines that name them. */
    public static Place item(String slot) {
        return new Place("", slot, "");
    }

    /** In lines in which this regular expression is found. */
    public static Place line(String regex) {
        return new Place("", "", regex);
    }

    @Override
    public boolean test(Site site) {
        return switch (site) {
            case Site.Line(var text) -> hasCommand(text) && hasItem(text) && found(line, text);
            case Site.Item(var at, var name) ->
                line.isEmpty() && (command.isEmpty() || command.equals(at)) && (item.isEmpty() || name.matches(item));
        };
    }

    private boolean hasCommand(String text) {
        if (command.isEmpty()) return true;
        var words = Arrays.stream(command.split("/", -1)).filter(word -> !word.isEmpty());
        return found(words.map(Pattern::quote).collect(Collectors.joining("[/ ]+", "(?<![\\w-])", "(?![\\w-])")), text);
    }

    private boolean hasItem(String text) {
        return item.isEmpty() || found("(?<![\\w-])(?:" + item + ")(?![\\w-])", text);
    }

    private static boolean found(String regex, String text) {
        return Pattern.compile(regex).matcher(text).find();
    }
}
