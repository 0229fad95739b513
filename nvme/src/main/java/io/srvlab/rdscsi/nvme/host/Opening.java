package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.ControllerIdentity;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.Property;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The steps from a connection to a session that can read and write. Whatever fails on the way leaves nothing open. */
final class Opening {
    // How often a controller that is being enabled is looked at.
    private static final long LOOK_MILLIS = 10;

    private final InetSocketAddress address;
    private final String subsystem;
    private final Host host;
    private final Settings settings;
    private final Deadline deadline;

    private Opening(InetSocketAddress address, String subsystem, Host host, Settings settings, Deadline deadline) {
        this.address = address;
        this.subsystem = subsystem;
        this.host = host;
        this.settings = settings;
        this.deadline = deadline;
    }

    static Connection open(InetSocketAddress address, String subsystem, Host host, Settings settings, Deadline deadline)
            throws IOException {
        return new Opening(address, subsystem, host, settings, deadline).open();
    }

    private Connection open() throws IOException {
        var admin = HostQueue.open(address, AdminQueue.DEPTH, settings.digests(), deadline);
        boolean opened = false;
        try {
            var result = switch (AdminQueue.connect(admin, subsystem, host, settings.keepAlive(), deadline)) {
                case AdminQueue.Answer.Refused(var refusal) -> new Connection.Refused(refusal);
                case AdminQueue.Answer.Admitted(int _, boolean authentication)
                when authentication ->
                    new Connection.Failed("the target wants the host to authenticate, which is not known here");
                case AdminQueue.Answer.Admitted(int controller, boolean _) -> enabled(admin, controller);
            };
            opened = result instanceof Connection.Open;
            return result;
        } finally {
            if (!opened) admin.close();
        }
    }

    private Connection enabled(HostQueue admin, int controller) throws IOException {
        long capabilities = admin(admin, "Get CAP", Commands.propertyGet(Property.CAPABILITIES))
                .result();
        enable(admin);
        var identity = identify(admin);
        if (subsystem.equals(DiscoveryLog.SUBSYSTEM)) {
            return new Connection.Open(new Session(admin, null, identity, settings.keepAlive()));
        }
        admin(admin, "Set Features", Commands.setFeatures(Commands.NUMBER_OF_QUEUES, 0)); // one, 0-based
        int depth = (int) Math.min(settings.depth(), (capabilities & 0xffff) + 1);
        var io = HostQueue.open(address, Math.max(2, depth), settings.digests(), deadline);
        boolean opened = false;
        try {
            var data = new ConnectData(host.id(), controller, subsystem, host.nqn()).bytes();
            var command = Commands.connect(1, Math.max(2, depth), 0);
            var answer = io.submit("Connect of the I/O queue", command, data, Pdu.NO_DATA, Pdu.NO_DATA, deadline);
            opened = answer.status().ok();
            return opened
                    ? new Connection.Open(new Session(admin, io, identity, settings.keepAlive()))
                    : new Connection.Refused(Refusal.of(answer.status(), (int) answer.result()));
        } finally {
            if (!opened) io.close();
        }
    }

    private void enable(HostQueue admin) throws IOException {
        admin(admin, "Set CC", Commands.propertySet(Property.CONFIGURATION, Property.ENABLED));
        while (true) {
            long status = admin(admin, "Get CSTS", Commands.propertyGet(Property.STATUS))
                    .result();
            if ((status & Property.FATAL) != 0) throw new IOException("the controller failed while it was enabled");
            if ((status & Property.READY) != 0) return;
            admin.pause(LOOK_MILLIS, deadline);
        }
    }

    private ControllerIdentity identify(HostQueue admin) throws IOException {
        var data = ByteBuffer.allocate(Commands.IDENTIFY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        var command = Commands.identify(Commands.IDENTIFY_CONTROLLER, 0);
        admin.call("Identify Controller", command, Pdu.NO_DATA, Pdu.NO_DATA, data, deadline);
        return ControllerIdentity.read(data);
    }

    private Completion admin(HostQueue admin, String name, SubmissionEntry command) throws IOException {
        return admin.call(name, command, Pdu.NO_DATA, Pdu.NO_DATA, Pdu.NO_DATA, deadline);
    }
}
