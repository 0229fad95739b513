package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.wire.Digests;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a subsystem lets a host in, asked of the data path itself: a Connect on an admin queue, and the connection is
 * closed at once, whatever the answer. The controller that a target makes for it ends with the connection.
 */
public sealed interface Knock {
    /**
     * It lets the host in.
     *
     * @param authentication whether it would have to prove its name first
     */
    record Admitted(boolean authentication) implements Knock {}

    /** It does not: the host is not on the list, or there is no such subsystem. */
    record Refused(Refusal refusal) implements Knock {
        public boolean doNotRetry() {
            return refusal.doNotRetry();
        }
    }

    /** Nobody said either: no connection, no answer in time, no NVMe/TCP, or an answer which says nothing of the two. */
    record CouldNotKnock(String why) implements Knock {}

    /**
     * Why nobody speaks NVMe/TCP at this address; nothing if somebody does. No more is asked than the first answer of a connection
     * (ICResp), so the target makes no controller for it. No longer than {@code timeout} in all.
     */
    static Optional<String> silence(InetSocketAddress address, Duration timeout) {
        try (var _ = HostQueue.open(address, AdminQueue.DEPTH, Digests.NONE, Deadline.after(timeout))) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Asks; no longer than {@code timeout} in all. */
    static Knock at(InetSocketAddress address, String subsystem, Host host, Duration timeout) {
        var deadline = Deadline.after(timeout);
        try (var queue = HostQueue.open(address, AdminQueue.DEPTH, Digests.NONE, deadline)) {
            return switch (AdminQueue.connect(queue, subsystem, host, Duration.ZERO, deadline)) {
                case AdminQueue.Answer.Admitted(int _, boolean authentication) -> new Admitted(authentication);
                case AdminQueue.Answer.Refused(var refusal)
                when refusal.meaning() == Refusal.Meaning.OTHER ->
                    new CouldNotKnock("the target neither admits nor refuses the host: " + refusal);
                case AdminQueue.Answer.Refused(var refusal) -> new Refused(refusal);
            };
        } catch (IOException e) {
            return new CouldNotKnock(String.valueOf(e.getMessage()));
        }
    }
}
