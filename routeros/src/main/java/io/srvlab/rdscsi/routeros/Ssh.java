package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The SSH console of an appliance. Each script is an exec of its own; at most {@link SshConfig#sessions} run at once, on
 * one connection that is made when first needed. A script that is not answered in time takes its connection with it:
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
    private final Semaphore lanes;
    private final Connections connections;
    private final SecureRandom random = new SecureRandom();

    private Ssh(SshConfig config) {
        this.config = config;
        this.lanes = new Semaphore(config.sessions(), true);
        this.connections = new Connections(new Dialer(config));
    }

    /** Does not connect: the first script does. */
    public static RouterOs open(SshConfig config) {
        return new Ssh(config);
    }

    @Override
    public Reply run(Script script, Deadline deadline) {
        var patience = Patience.until(deadline);
        try {
            if (patience.over()) throw new NotSent("the deadline had passed before anything was sent");
            if (!lanes.tryAcquire(patience.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new NotSent("all %d sessions to the appliance were busy for %s"
                        .formatted(config.sessions(), patience.spent()));
            }
            try {
                return ask(script, patience);
            } finally {
                lanes.release();
            }
        } catch (NotSent e) {
            return couldNotAsk(e.why(), Fate.NOT_SENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return couldNotAsk("interrupted before anything was sent", Fate.NOT_SENT);
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    private Reply ask(Script script, Patience patience) throws NotSent, InterruptedException {
        var mark = "rds-csi-end-" + HexFormat.of().toHexDigits(random.nextLong());
        var line = script.render(mark);
        // A connection may have died unnoticed. It cannot send the line any more, so a fresh one may, once.
        for (int attempt = 1; ; attempt++) {
            var connection = connections.enter(patience);
            try {
                var exec = new Exec(line, patience);
                if (connection.send(exec, patience)) return answer(exec, mark, connection, patience);
                connection.retire();
                if (patience.over()) throw new NotSent("no session was opened within " + patience.spent());
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
