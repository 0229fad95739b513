package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.Status;
import java.io.IOException;

/** The target answered a command with an error. The session goes on. */
public final class CommandRefused extends IOException {
    private final Status status;

    CommandRefused(String command, Status status) {
        super(command + ": " + status);
        this.status = status;
    }

    public Status status() {
        return status;
    }
}
