package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** What came of connecting. */
public sealed interface Connection {
    /** The session is up; whoever asked for it closes it. */
    record Open(Session session) implements Connection {}

    /** The target answered, and does not let the host in. */
    record Refused(Refusal refusal) implements Connection {}

    /** Nothing that could be called an answer, or the session broke while it was being set up. */
    record Failed(String why) implements Connection {}

    /** Connects, to a discovery service without an I/O queue; no longer than {@code timeout} in all. */
    static Connection to(InetSocketAddress address, String subsystem, Host host, Settings settings, Duration timeout) {
        try {
            return Opening.open(address, subsystem, host, settings, Deadline.after(timeout));
        } catch (IOException e) {
            return new Failed(String.valueOf(e.getMessage()));
        }
    }
}
