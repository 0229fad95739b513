package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.Busy;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.routeros.Reply.Full;
import io.srvlab.rdscsi.routeros.Reply.NotAllowed;
import io.srvlab.rdscsi.routeros.Reply.NotThere;
import io.srvlab.rdscsi.routeros.Reply.Refused;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Simulator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks, and holds each reply against the appliance's own log. What is answered {@link Done} ran to its end and printed just
 * that; a refusal is in the words of a command line that failed; what was {@link Fate#NOT_SENT} was never received; a change
 * is received once at most, whatever happens, and also after its caller has gone; and no reply comes long after its deadline.
 */
record Witness(Simulator simulator, RouterOs routerOs, ConcurrentMap<Script, Integer> mayCome)
        implements AutoCloseable {
    private static final int READS_MAX = 3;
    /** Much more than a busy machine needs, and less than an answer that never comes. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    Witness(Simulator simulator, RouterOs routerOs) {
        this(simulator, routerOs, new ConcurrentHashMap<>());
    }

    /** Two that ask the same script at once could not be told from each other. */
    Reply ask(Script script, Duration within) {
        return ask(routerOs, script, within);
    }

    /** The same over the lane that is kept for cuts. */
    Reply askFencing(Script script, Duration within) {
        return ask(routerOs.fencing(), script, within);
    }

    private Reply ask(RouterOs way, Script script, Duration within) {
        int before = received(script).size();
        long began = System.nanoTime();
        var reply = way.run(script, Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(within.plus(SLACK));
        var since = received(script).stream().skip(before).toList();
        switch (reply) {
            case Done(var lines) -> assertThat(since).anyMatch(exec -> !exec.failed() && lines.equals(printed(exec)));
            case Refused(var text) -> assertFailedWith(text, since);
            case NotThere(var text) -> assertFailedWith(text, since);
            case Full(var text) -> assertFailedWith(text, since);
            case Busy(var text) -> assertFailedWith(text, since);
            case NotAllowed(var text, var _, var _) -> assertFailedWith(text, since);
            case CouldNotAsk(var _, var why, var _) -> assertThat(why).isNotBlank();
        }
        mayCome.merge(script, most(script, reply), Integer::sum);
        return reply;
    }

    private static int most(Script script, Reply reply) {
        if (reply instanceof CouldNotAsk lost && lost.fate() == Fate.NOT_SENT) return 0;
        return script.changes() ? 1 : READS_MAX;
    }

    private static void assertFailedWith(String text, List<Exec> received) {
        var first = text.lines().findFirst().orElse("");
        assertThat(first).isNotBlank();
        assertThat(received).anyMatch(exec -> exec.failed() && exec.output().contains(first));
    }

    /** What the script's commands printed: all but its mark. */
    private static List<String> printed(Exec exec) {
        var lines = exec.output().lines().toList();
        assertThat(exec.text()).contains(lines.getLast());
        return lines.subList(0, lines.size() - 1);
    }

    private List<Exec> received(Script script) {
        var rendered = script.render("");
        var withoutMark = rendered.substring(0, rendered.lastIndexOf("; :put"));
        return simulator.commands().stream()
                .filter(exec -> exec.text().startsWith(withoutMark + "; :put \"rds-csi-end-"))
                .toList();
    }

    /** Until so many command lines have been received in all. */
    void awaitCommands(int count) {
        var deadline = Deadline.after(20, TimeUnit.SECONDS);
        while (simulator.commands().size() < count) {
            if (deadline.isExpired()) throw new AssertionError("not in time");
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** When nothing can come any more, nothing has come too often. */
    @Override
    public void close() throws IOException {
        routerOs.close();
        simulator.close();
        mayCome.forEach(
                (script, most) -> assertThat(received(script)).as("%s", script).hasSizeLessThanOrEqualTo(most));
    }
}
