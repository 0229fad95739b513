package io.srvlab.rdscsi.fencing;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches that a volume is not shared by two nodes for longer than a live migration takes, and says so if it is. Nobody is
 * put out for it: which of the two has the running machine is not known here. What another process began is not watched.
 */
final class Migrations {
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);
    private static final long ANSWER_SECONDS = 20;

    private final Doors doors;
    private final ScheduledExecutorService timer;
    private final Consumer<Happening> listener;

    Migrations(Doors doors, ScheduledExecutorService timer, Consumer<Happening> listener) {
        this.doors = doors;
        this.timer = timer;
        this.listener = listener;
    }

    /** Looks after {@code limit} whether both still hold the volume under {@code claim}. */
    void watch(VolumeId volume, Claim claim, Duration limit) {
        var _ = timer.schedule(
                () -> Thread.ofVirtual().start(() -> check(volume, claim, limit)),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void check(VolumeId volume, Claim claim, Duration limit) {
        try {
            var disk = doors.look(volume, Deadline.after(ANSWER_SECONDS, SECONDS));
            if (disk.isPresent()
                    && disk.get().comment() instanceof Comment.Recorded(var _, var ledger)
                    && ledger.claim().equals(claim)
                    && ledger.holders().size() == Ledger.HOLDERS_MAX) {
                listener.accept(
                        new Happening.MigrationFailed(
                                volume,
                                ledger.holders().getFirst().node(),
                                ledger.holders().getLast().node(),
                                "both still share the volume after " + limit.toSeconds()
                                        + " s. Look at the migration of the virtual machine; deleting its pod on one of the two ends it."));
            }
        } catch (Failed e) {
            log.warn("volume {}: shared by two nodes, and could not be looked at again: {}", volume, e.getMessage());
        }
    }
}
