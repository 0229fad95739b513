package io.srvlab.rdscsi.simulator.personality;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A line of a faults file: {@code NAME [ARGUMENT] [command=/disk/set] [item=REGEX] [line=REGEX] [from=N] [times=N|always]
 * [after=20s] [until=1m]}.
 *
 * @param argument what stands between the name and the first {@code key=}; maybe empty
 */
public record RuleLine(String name, String argument, Map<String, String> said) {
    private static final Set<String> KEYS = Set.of("command", "item", "line", "from", "times", "after", "until");

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException it is no such line
     */
    public static RuleLine parse(String line) {
        var words = Words.of(line);
        if (words.isEmpty()) throw new IllegalArgumentException("nothing is said");
        var argument = new ArrayList<String>();
        var said = new TreeMap<String, String>();
        for (var word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            var key = equals < 0 ? "" : word.substring(0, equals);
            if (KEYS.contains(key)) {
                if (said.put(key, word.substring(equals + 1)) != null) {
                    throw new IllegalArgumentException("said twice: " + key);
                }
            } else if (said.isEmpty()) argument.add(word);
            else throw new IllegalArgumentException("not understood: " + word + " in: " + line);
        }
        return new RuleLine(words.getFirst(), String.join(" ", argument), Map.copyOf(said));
    }

    public Place where() {
        return new Place(said("command"), said("item"), said("line"));
    }

    /**
     * When the rule holds.
     *
     * @param otherwise what holds of that which the line does not say
     */
    public When when(When otherwise) {
        return new When(
                number("from", otherwise.from()),
                said("times").equals("always") ? Integer.MAX_VALUE : number("times", otherwise.times()),
                said.containsKey("after") ? Words.duration(said("after")) : Duration.ZERO,
                said.containsKey("until") ? Words.duration(said("until")) : null);
    }

    private int number(String key, int otherwise) {
        return said.containsKey(key) ? Math.toIntExact(Words.count(said(key))) : otherwise;
    }

    private String said(String key) {
        return said.getOrDefault(key, "");
    }
}
