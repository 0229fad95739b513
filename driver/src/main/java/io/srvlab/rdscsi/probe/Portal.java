package io.srvlab.rdscsi.probe;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.UUID;

/** The appliance's NVMe/TCP port, as a host sees it. */
final class Portal {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration KNOCK = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final InetSocketAddress address;
    /** Once a door that must be there was waited for in vain, no other is waited for. */
    private boolean outOfReach;

    Portal(InetSocketAddress address) {
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    /** A host that nobody has met before. */
    static Host stranger() {
        var id = UUID.randomUUID();
        return new Host("nqn.2014-08.org.nvmexpress:uuid:" + id, id);
    }

    Knock knock(String subsystem, Host host) {
        return Knock.at(address, subsystem, host, KNOCK);
    }

    /**
     * Whether it lets {@code host} in.
     *
     * @throws Unanswered it said neither
     */
    boolean admits(String subsystem, Host host) throws Unanswered {
        return switch (knock(subsystem, host)) {
            case Knock.Admitted _ -> true;
            case Knock.Refused _ -> false;
            case Knock.CouldNotKnock(var why) -> throw new Unanswered("could not knock at " + address + ": " + why);
        };
    }

    /**
     * Returns once {@code host} is let in, as it must be: a refusal of another proves nothing where nobody gets in.
     *
     * @throws Unanswered it was not within {@link #PATIENCE}
     */
    void needAdmitted(String subsystem, Host host) throws Unanswered, InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var seen = knock(subsystem, host);
            if (seen instanceof Knock.Admitted) return;
            if (System.nanoTime() > until || (outOfReach && seen instanceof Knock.CouldNotKnock)) {
                outOfReach = seen instanceof Knock.CouldNotKnock;
                throw new Unanswered("the host that should be let in is not, so nothing can be compared: " + seen);
            }
            Thread.sleep(PAUSE);
        }
    }

    /**
     * A session of {@code host}, who should be let in.
     *
     * @throws Unanswered it was not within {@link #PATIENCE}
     */
    Session open(String subsystem, Host host) throws Unanswered, InterruptedException {
        needAdmitted(subsystem, host);
        return switch (Connection.to(address, subsystem, host, Settings.DEFAULT, PATIENCE)) {
            case Connection.Open(var session) -> session;
            case Connection.Refused(var refusal) -> throw new Unanswered("admitted, but no session: " + refusal);
            case Connection.Failed(var why) -> throw new Unanswered("admitted, but no session: " + why);
        };
    }
}
