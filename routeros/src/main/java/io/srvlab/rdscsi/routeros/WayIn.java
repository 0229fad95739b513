package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Carrier.Run;
import io.srvlab.rdscsi.routeros.Lanes.Rank;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.time.Duration;

/** What all ways in have in common: turns, deadlines, and that a read may be asked again while a change may not. */
final class WayIn implements RouterOs {
    /**
     * After this long a read is asked again rather than waited for. The first listing of a slow device that has just booted
     * takes up to 18 s.
     */
    private static final Duration READ_MAX = Duration.ofSeconds(25);

    private static final int READS_MAX = 3;

    private final Carrier carrier;
    private final Lanes lanes;
    private final RouterOs fencing = new Fencing();
    private volatile boolean closed;

    WayIn(Carrier carrier, Lanes lanes) {
        this.carrier = carrier;
        this.lanes = lanes;
    }

    @Override
    public Reply run(Script script, Deadline deadline) {
        return run(script, deadline, Rank.ORDINARY);
    }

    @Override
    public RouterOs fencing() {
        return fencing;
    }

    @Override
    public void close() {
        closed = true;
        carrier.close();
    }

    /** How many scripts wait for a lane. */
    int waiting() {
        return lanes.waiting();
    }

    /** What goes first. */
    private final class Fencing implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            return WayIn.this.run(script, deadline, Rank.FENCING);
        }

        @Override
        public RouterOs fencing() {
            return this;
        }

        @Override
        public void close() {
            WayIn.this.close();
        }
    }

    private Reply run(Script script, Deadline deadline, Rank rank) {
        return script.changes() ? once(script, deadline, rank) : read(script, deadline, rank);
    }

    /** Nothing comes of a read that is asked twice, so a lost one is asked on a fresh connection while there is time. */
    private Reply read(Script script, Deadline deadline, Rank rank) {
        Reply reply = attempt(script, deadline, rank);
        for (int reads = 1;
                reads < READS_MAX && reply instanceof CouldNotAsk lost && mayAskAgain(lost, deadline);
                reads++) {
            var next = attempt(script, deadline, rank);
            // It was sent once, and that stays so.
            reply = next instanceof CouldNotAsk(var tried, var why, var _)
                    ? new CouldNotAsk(tried, lost.why() + "; asked again: " + why, Fate.UNKNOWN)
                    : next;
            if (next instanceof CouldNotAsk failed && failed.fate() == Fate.NOT_SENT) break;
        }
        return reply;
    }

    private boolean mayAskAgain(CouldNotAsk lost, Deadline deadline) {
        return lost.fate() == Fate.UNKNOWN
                && !deadline.isExpired()
                && !closed
                && !Thread.currentThread().isInterrupted();
    }

    private Reply attempt(Script script, Deadline deadline, Rank rank) {
        return once(script, deadline.minimum(Deadline.after(READ_MAX.toNanos(), NANOSECONDS)), rank);
    }

    private Reply once(Script script, Deadline deadline, Rank rank) {
        var sending = Patience.until(script.sendBy(deadline));
        try {
            if (sending.over()) throw tooLate(deadline);
            var lane = lanes.enter(rank, sending);
            if (lane.isEmpty()) {
                throw new NotSent("all %d sessions that were open to it were busy for %s"
                        .formatted(lanes.open(rank), sending.spent()));
            }
            try (var entered = lane.get()) {
                return carrier.carry(new Run(script, rank, sending, Patience.until(deadline)), entered);
            }
        } catch (NotSent e) {
            return new CouldNotAsk(carrier.name(), e.why(), Fate.NOT_SENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CouldNotAsk(carrier.name(), "interrupted before anything was sent", Fate.NOT_SENT);
        }
    }

    private static NotSent tooLate(Deadline deadline) {
        return new NotSent(
                deadline.isExpired()
                        ? "the deadline had passed before anything was sent"
                        : "less than %d s of the deadline were left, too little to change something and to read it back"
                                .formatted(Script.TO_CHANGE.toSeconds()));
    }
}
