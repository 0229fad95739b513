package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.personality.Words;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How long an appliance takes to answer. A line takes {@code line}, and what its commands take on top of it.
 *
 * @param handshake once for each SSH connection, with its first line
 * @param line each command line
 * @param write each {@code set}
 * @param add each {@code add}, and {@code addPerGiB} for each GiB of its file
 * @param remove each {@code remove}
 * @param files each {@code print} and {@code find} of {@code /file}
 */
public record Latency(
        Duration handshake,
        Duration line,
        Duration write,
        Duration add,
        Duration addPerGiB,
        Duration remove,
        Duration files) {
    /** An answer comes at once. */
    public static final Latency NONE = flat(Duration.ZERO);

    /** What was published of one homelab: handshakes of 200–500 ms, prints of 50–100 ms, adds of 0.5–1 s (1 GB) to 2–5 s (100 GB), removes of 0.5–1 s, file listings of 100–200 ms. */
    public static final Latency PUBLISHED = new Latency(
            Duration.ofMillis(350),
            Duration.ofMillis(75),
            Duration.ofMillis(50),
            Duration.ofMillis(650),
            Duration.ofMillis(30),
            Duration.ofMillis(650),
            Duration.ofMillis(75));

    private static final Pattern COMMAND =
            Pattern.compile("/(disk|file)[/ a-z-]*?[/ ](add|set|remove|print|find)(?![\\w-])");
    private static final Pattern SIZE = Pattern.compile("file-size=\"?([0-9]+)([KMGT]?)");
    private static final String UNITS = "KMGT";

    public Latency {
        for (var part : new Duration[] {handshake, line, write, add, addPerGiB, remove, files}) {
            if (part.isNegative()) throw new IllegalArgumentException("latency cannot be negative: " + part);
        }
    }

    /** The same for each command line, whatever it does. */
    public static Latency flat(Duration line) {
        var none = Duration.ZERO;
        return new Latency(none, line, none, none, none, none, none);
    }

    /**
     * {@code published}, or a time for each command line, such as {@code 50ms}.
     *
     * @throws IllegalArgumentException it is neither
     */
    public static Latency parse(String text) {
        return text.equals("published") ? PUBLISHED : flat(Words.duration(text));
    }

    /** How long this line takes, on a connection that it is the {@code first} of or not. */
    Duration of(String exec, boolean first) {
        var all = first ? line.plus(handshake) : line;
        return COMMAND.matcher(exec)
                .results()
                .map(found -> command(found, exec))
                .reduce(all, Duration::plus);
    }

    private Duration command(MatchResult found, String exec) {
        return switch (found.group(2)) {
            case "set" -> write;
            case "add" -> add.plus(addPerGiB.multipliedBy(gibiBytes(exec.substring(found.end()))));
            case "remove" -> remove;
            default -> found.group(1).equals("file") ? files : Duration.ZERO;
        };
    }

    private static long gibiBytes(String arguments) {
        var size = SIZE.matcher(arguments);
        if (!size.find() || size.group(1).length() > 15) return 0;
        int shift = size.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(size.group(2)) + 1);
        return (Long.parseLong(size.group(1)) << shift) >> 30;
    }
}
