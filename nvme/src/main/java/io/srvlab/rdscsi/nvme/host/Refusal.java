package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.Status;

/** Why a target did not let a host in: the answer to Connect. */
public record Refusal(Meaning meaning, Status status) {
    /** What a target means by it, as far as a host can act on it. */
    public enum Meaning {
        /** There is such a subsystem, and this host is not on its list. */
        HOST_NOT_ALLOWED,
        /** The target has no subsystem of that name. */
        NO_SUCH_SUBSYSTEM,
        /** Anything else: the target is busy, or takes the request for malformed. Says nothing of who is let in. */
        OTHER
    }

    // DW0 of "invalid connect parameters": bit 16 is set if the field at fault is in the data, bits 0 to 15 are its
    // offset.
    private static final int IN_DATA = 1 << 16;

    static Refusal of(Status status, int dword0) {
        return new Refusal(meaning(status, dword0), status);
    }

    private static Meaning meaning(Status status, int dword0) {
        if (status.is(Status.CONNECT_INVALID_HOST)) return Meaning.HOST_NOT_ALLOWED;
        if (!status.is(Status.CONNECT_INVALID_PARAMETERS)) return Meaning.OTHER;
        return switch (dword0) {
            case IN_DATA | ConnectData.SUBSYSTEM_AT -> Meaning.NO_SUCH_SUBSYSTEM;
            case IN_DATA | ConnectData.HOST_AT -> Meaning.HOST_NOT_ALLOWED;
            default -> Meaning.OTHER;
        };
    }

    /** Whether Linux removes its controller on this answer instead of trying again. */
    public boolean doNotRetry() {
        return status.doNotRetry();
    }

    @Override
    public String toString() {
        return switch (meaning) {
            case HOST_NOT_ALLOWED -> "host not allowed, " + status;
            case NO_SUCH_SUBSYSTEM -> "no such subsystem, " + status;
            case OTHER -> status.toString();
        };
    }
}
