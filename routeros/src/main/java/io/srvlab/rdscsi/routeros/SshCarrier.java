package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.routeros.Lanes.Lane;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.time.Duration;

/** Scripts as execs over SSH; see {@link Ssh}. Lanes are only counted: every session of a connection is as good as any other. */
final class SshCarrier implements Carrier {
    /** How long to wait for the other side to close a channel on which it has said all. */
    private static final Duration CLOSING_MAX = Duration.ofSeconds(1);

    private final SshConfig config;
    private final Connections ordinary;
    private final Connections fencing;

    SshCarrier(SshConfig config) {
        this.config = config;
        this.ordinary = new Connections(new Dialer(config));
        // Apart down to the client's threads. One session is one connection, though.
        this.fencing = config.sessions() == 1 ? ordinary : new Connections(new Dialer(config));
    }

    @Override
    public Reply carry(Run run, Lane lane) throws NotSent, InterruptedException {
        return switch (run.rank()) {
            case ORDINARY -> ask(run, ordinary);
            case FENCING -> {
                try {
                    yield ask(run, fencing);
                } finally {
                    fencing.keepOne();
                }
            }
        };
    }

    @Override
    public String name() {
        return "ssh " + config.address();
    }

    @Override
    public void close() {
        fencing.close();
        ordinary.close();
    }

    private Reply ask(Run run, Connections connections) throws NotSent, InterruptedException {
        var sending = run.sending();
        var mark = Mark.fresh();
        var line = run.script().render(mark);
        // A connection may have died unnoticed. It cannot send the line any more, so a fresh one may, once.
        for (int attempt = 1; ; attempt++) {
            var connection = connections.enter(sending);
            try {
                var exec = new Exec(line, sending);
                if (connection.send(exec, sending)) return answer(exec, mark, connection, run);
                connection.retire();
                if (sending.over()) throw new NotSent("no session was opened within " + sending.spent());
                if (attempt == 2) throw new NotSent("the connection was lost before anything was sent, twice");
            } finally {
                connection.leave();
            }
        }
    }

    private Reply answer(Exec exec, String mark, Connection connection, Run run) {
        var patience = run.answering();
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
        var rights = Rights.of(run.script(), config.user(), "ssh");
        if (exec.refused()) {
            return unknown(
                    "the appliance runs no command for user %s: the user's group may lack a policy, and this gives it all: %s"
                            .formatted(config.user(), rights.grant()));
        }
        if (!exec.orderly())
            return unknown("the connection was lost after %s, before the answer".formatted(patience.spent()));
        return Answer.refusal(exec.printed(), exec.complained(), rights)
                .orElseGet(() -> unknown("the appliance ended the session without an answer"));
    }

    private Reply unknown(String why) {
        return new CouldNotAsk(name(), why, Fate.UNKNOWN);
    }
}
