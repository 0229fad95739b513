package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Lanes.Rank;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/**
 * The SSH console of an appliance. Each script is an exec of its own; at most {@link SshConfig#sessions} run at once.
 * Those of {@link #fencing} have a connection to themselves, which is kept at hand from the first of them on; the others
 * share one that is made when first needed. A script that is not answered in time takes its connection with it:
 * later scripts get a new one, those still running on the old one may finish.
 *
 * <p>After the deadline this process sends nothing. But what the operating system has taken over by then it may still
 * deliver, minutes later, once a broken network is whole again: such a script's fate is {@code UNKNOWN}, and writes must
 * be guarded by what they expect to find.
 */
public final class Ssh implements RouterOs {
    /** How long to wait for the other side to close a channel on which it has said all. */
    private static final Duration CLOSING_MAX = Duration.ofSeconds(1);

    private final SshConfig config;
    private final Lanes lanes;
    private final Connections ordinary;
    private final Connections fencing;
    private final SecureRandom random = new SecureRandom();

    private Ssh(SshConfig config) {
        this.config = config;
        this.lanes = new Lanes(config.sessions());
        this.ordinary = new Connections(new Dialer(config));
        // Apart down to the client's threads. One session is one connection, though.
        this.fencing = config.sessions() == 1 ? ordinary : new Connections(new Dialer(config));
    }

    /** Does not connect: the first script does. */
    public static RouterOs open(SshConfig config) {
        return new Ssh(config);
    }

    @Override
    public Reply run(Script script, Deadline deadline) {
        return run(script, deadline, Rank.ORDINARY, ordinary);
    }

    @Override
    public RouterOs fencing() {
        return new Fencing();
    }

    @Override
    public void close() {
        fencing.close();
        ordinary.close();
    }

    /** How many scripts wait for a lane. */
    int waiting() {
        return lanes.waiting();
    }

    /** What goes first. */
    private final class Fencing implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            try {
                return Ssh.this.run(script, deadline, Rank.FENCING, fencing);
            } finally {
                fencing.keepOne();
            }
        }

        @Override
        public RouterOs fencing() {
            return this;
        }

        @Override
        public void close() {
            Ssh.this.close();
        }
    }

    private Reply run(Script script, Deadline deadline, Rank rank, Connections connections) {
        var sending = Patience.until(script.sendBy(deadline));
        var answering = Patience.until(deadline);
        try {
            if (sending.over()) throw tooLate(deadline);
            var lane = lanes.enter(rank, sending);
            if (lane.isEmpty()) {
                throw new NotSent("all %d sessions that were open to it were busy for %s"
                        .formatted(lanes.open(rank), sending.spent()));
            }
            try (var _ = lane.get()) {
                return ask(script, connections, sending, answering);
            }
        } catch (NotSent e) {
            return couldNotAsk(e.why(), Fate.NOT_SENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return couldNotAsk("interrupted before anything was sent", Fate.NOT_SENT);
        }
    }

    private static NotSent tooLate(Deadline deadline) {
        return new NotSent(
                deadline.isExpired()
                        ? "the deadline had passed before anything was sent"
                        : "less than %d s of the deadline were left, too little to change something and to read it back"
                                .formatted(Script.TO_CHANGE.toSeconds()));
    }

    private Reply ask(Script script, Connections connections, Patience sending, Patience answering)
            throws NotSent, InterruptedException {
        var mark = "rds-csi-end-" + HexFormat.of().toHexDigits(random.nextLong());
        var line = script.render(mark);
        // A connection may have died unnoticed. It cannot send the line any more, so a fresh one may, once.
        for (int attempt = 1; ; attempt++) {
            var connection = connections.enter(sending);
            try {
                var exec = new Exec(line, sending);
                if (connection.send(exec, sending)) return answer(exec, mark, connection, answering);
                connection.retire();
                if (sending.over()) throw new NotSent("no session was opened within " + sending.spent());
                if (attempt == 2) throw new NotSent("the connection was lost before anything was sent, twice");
            } finally {
                connection.leave();
            }
        }
    }

    private Reply answer(Exec exec, String mark, Connection connection, Patience patience) {
        boolean ended = false;
        try {
            ended = Patience.await(exec.ended, patience.left());
            if (ended) Patience.await(exec.closed, patience.left(CLOSING_MAX));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exec.close(false);
        if (!ended || exec.tooLong()) connection.retire();
        // The mark proves that the script ran to its end, whatever became of the channel.
        var lines = Answer.done(exec.printed(), mark);
        if (lines.isPresent()) return new Done(lines.get());
        if (exec.tooLong()) return unknown("the answer is longer than any answer should be");
        if (!ended && patience.over()) {
            return unknown(
                    "no answer within %s: the appliance may be busy, or still at it".formatted(patience.spent()));
        }
        if (!ended) return unknown("interrupted while waiting for the answer");
        if (exec.refused()) {
            return unknown(
                    "the appliance runs no command for user %s: the user's group needs the policies ssh, read, write"
                            .formatted(config.user()));
        }
        if (!exec.orderly())
            return unknown("the connection was lost after %s, before the answer".formatted(patience.spent()));
        return Answer.refusal(exec.printed(), exec.complained())
                .orElseGet(() -> unknown("the appliance ended the session without an answer"));
    }

    private Reply unknown(String why) {
        return couldNotAsk(why, Fate.UNKNOWN);
    }

    private Reply couldNotAsk(String why, Fate fate) {
        return new CouldNotAsk("ssh " + config.address(), why, fate);
    }
}
