package io.srvlab.rdscsi.routeros;

import java.util.List;

/** Commands that run in order as one command line; the first that fails ends it. */
public record Script(List<Command> commands) {
    public Script {
        if (commands.isEmpty()) throw new IllegalArgumentException("a script needs a command");
        commands = List.copyOf(commands);
    }

    public static Script of(Command... commands) {
        return new Script(List.of(commands));
    }
}
