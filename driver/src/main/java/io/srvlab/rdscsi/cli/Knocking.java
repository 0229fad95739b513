package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.volume.Nqn;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knocks at the appliance's NVMe/TCP portal. Where the portal cannot be reached from here, that is remembered for a while, so
 * that no cut waits for it again and again.
 */
final class Knocking implements DoorCheck {
    private static final Logger log = LoggerFactory.getLogger(Knocking.class);
    /** How long a door on a storage network is given to answer. */
    static final Duration PATIENCE = Duration.ofMillis(500);

    private static final long REMEMBERED_SECONDS = 30;
    private static final String UUID_NQN = "nqn.2014-08.org.nvmexpress:uuid:";

    private final Portal portal;
    private final Duration patience;
    private volatile Deadline outOfReach = Deadline.after(0, SECONDS);

    Knocking(Portal portal, Duration patience) {
        this.portal = portal;
        this.patience = patience;
    }

    @Override
    public Seen knock(Nqn subsystem, Nqn host, Deadline deadline) {
        if (!outOfReach.isExpired() || !host.text().startsWith(UUID_NQN)) return Seen.UNKNOWN;
        var millis = Math.min(patience.toMillis(), deadline.timeRemaining(MILLISECONDS));
        if (millis <= 0) return Seen.UNKNOWN;
        var asHost = new Host(host.text(), UUID.fromString(host.text().substring(UUID_NQN.length())));
        // A name is resolved without a deadline, so it is not this thread that waits for it.
        var answer = CompletableFuture.supplyAsync(
                () -> Knock.at(
                        new InetSocketAddress(portal.address(), portal.port()),
                        subsystem.text(),
                        asHost,
                        Duration.ofMillis(millis)),
                task -> Thread.ofVirtual().name("knock").start(task));
        return seen(answer.completeOnTimeout(new Knock.CouldNotKnock("no answer in time"), 2 * millis, MILLISECONDS)
                .join());
    }

    private Seen seen(Knock answer) {
        return switch (answer) {
            case Knock.Refused _ -> Seen.SHUT;
            case Knock.Admitted _ -> Seen.OPEN;
            case Knock.CouldNotKnock(var why) -> {
                outOfReach = Deadline.after(REMEMBERED_SECONDS, SECONDS);
                log.info("cuts are not checked at {}:{}: {}", portal.address(), portal.port(), why);
                yield Seen.UNKNOWN;
            }
        };
    }
}
