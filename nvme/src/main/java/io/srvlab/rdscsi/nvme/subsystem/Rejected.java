package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Status;

/** A command that is answered with an error. */
final class Rejected extends Exception {
    private final Status status;
    private final int dword0;

    Rejected(Status status) {
        this(status, 0);
    }

    /** @param dword0 of the completion, where that tells more */
    Rejected(Status status, int dword0) {
        super(status.toString(), null, false, false);
        this.status = status;
        this.dword0 = dword0;
    }

    Status status() {
        return status;
    }

    int dword0() {
        return dword0;
    }
}
