package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;

/**
 * Every refusal of the menus. Only the beginnings are known from real consoles ({@code failure:}, {@code invalid value},
 * {@code input does not match any value of}, {@code no such item}, {@code missing value(s)}, and {@code already have such
 * entry}); what follows a beginning is our own wording, so a client must not read it.
 */
final class Refusal {
    static final String ENTRY_EXISTS = "failure: already have such entry";
    static final String NO_SPACE = "failure: not enough space";
    static final String NO_ROOM_IN_DESTINATION = "failure: destination is too small";
    static final String NO_SUCH_ITEM = "no such item";
    static final String NO_DIRECTORY = "failure: no such directory";
    static final String NOT_A_FILE = "failure: not a file";
    static final String SHRINKS = "failure: file-size can not be reduced";
    static final String NQN_IN_USE = "failure: nvme-tcp-server-nqn already in use";
    static final String NQN_FIXED = "failure: nvme-tcp-server-nqn can not be changed";
    static final String FIXED = "failure: can not be changed";
    static final String NOT_REMOVABLE = "failure: can not be removed";
    static final String READ_ONLY = "failure: read-only filesystem";
    static final String FILE_IN_USE = "failure: file is in use by a disk";
    static final String NOT_EMPTY = "failure: directory not empty";
    static final String ONLY_ONCE = "failure: monitor-traffic takes once and nothing else";

    private Refusal() {}

    static ConsoleError of(String text) {
        return new ConsoleError(text);
    }

    static ConsoleError invalid(String property) {
        return new ConsoleError("invalid value for argument " + property);
    }

    static ConsoleError noneOf(String property) {
        return new ConsoleError("input does not match any value of " + property);
    }

    static ConsoleError missing(String property) {
        return new ConsoleError("missing value(s) of argument(s) " + property);
    }
}
