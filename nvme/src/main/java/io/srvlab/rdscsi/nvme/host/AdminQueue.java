package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import java.io.IOException;
import java.time.Duration;

/** The first command on an admin queue, Connect, and what a target answers. */
final class AdminQueue {
    /** Entries, as every target must have them. */
    static final int DEPTH = 32;

    // DW0 of a Connect that succeeded: bits 16 and 17 ask for authentication.
    private static final long AUTHENTICATION = 3L << 16;

    /** Let in or not. */
    sealed interface Answer {
        record Admitted(int controllerId, boolean authentication) implements Answer {}

        record Refused(Refusal refusal) implements Answer {}
    }

    private AdminQueue() {}

    static Answer connect(HostQueue queue, String subsystem, Host host, Duration keepAlive, Deadline deadline)
            throws IOException {
        var data = new ConnectData(host.id(), ConnectData.ANY_CONTROLLER, subsystem, host.nqn());
        var command = Commands.connect(0, DEPTH, keepAlive.toMillis());
        var answer = queue.submit("Connect", command, data.bytes(), Pdu.NO_DATA, Pdu.NO_DATA, deadline);
        if (!answer.status().ok()) return new Answer.Refused(Refusal.of(answer.status(), (int) answer.result()));
        return new Answer.Admitted((int) (answer.result() & 0xffff), (answer.result() & AUTHENTICATION) != 0);
    }
}
