package io.srvlab.rdscsi.nvme.host;

import java.io.IOException;

/** The session is over; whether the command at hand took effect is not known. The message says why it ended. */
public final class SessionEnded extends IOException {
    SessionEnded(String why, Throwable cause) {
        super(why, cause);
    }
}
