package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Commands that run in order as one command line; the first that fails ends it. */
public record Script(List<Command> commands) {
    /** What must be left of the deadline when a script that changes something is sent: enough for it, and to read back. */
    public static final Duration TO_CHANGE = Duration.ofSeconds(2);

    /** What RouterOS takes is 64 KiB; the rest is room for the frame and the mark. */
    private static final int LENGTH_MAX = 64_000;

    public Script {
        if (commands.isEmpty()) throw new IllegalArgumentException("a script needs a command");
        commands = List.copyOf(commands);
        int length =
                commands.stream().mapToInt(each -> each.text().length() + 2).sum();
        if (length > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a script of %d characters; RouterOS takes %d at most".formatted(length, LENGTH_MAX));
        }
    }

    public static Script of(Command... commands) {
        return new Script(List.of(commands));
    }

    /** Whether it may change something. */
    public boolean changes() {
        return commands.stream().anyMatch(Command::changes);
    }

    /** The policies that its commands need of the user's group; what the way in needs is not among them. */
    SortedSet<String> policies() {
        return commands.stream()
                .flatMap(command -> command.policies().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The last moment at which this may be sent, if it is to be answered by {@code deadline}. */
    public Deadline sendBy(Deadline deadline) {
        return changes() ? deadline.offset(-TO_CHANGE.toNanos(), TimeUnit.NANOSECONDS) : deadline;
    }

    /**
     * The command line. It is one line in braces, since RouterOS runs several lines one by one, and a failure in one does
     * not stop the next. It prints {@code mark} once all commands have succeeded, which alone proves that they did: an
     * exit status does not.
     */
    public String render(String mark) {
        return commands.stream()
                .map(Command::text)
                .collect(Collectors.joining("; ", "{ ", "; :put " + Quoting.quote(mark) + " }"));
    }
}
