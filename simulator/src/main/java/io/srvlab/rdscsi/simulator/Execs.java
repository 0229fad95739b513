package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.FindThenSet;
import io.srvlab.rdscsi.simulator.personality.Personality.SessionsHang;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowStart;
import io.srvlab.rdscsi.simulator.personality.Personality.StatusZero;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import io.srvlab.rdscsi.simulator.ssh.Answer;
import io.srvlab.rdscsi.simulator.ssh.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** What becomes of the command lines of one boot: in which order they take effect, how long they take, what goes wrong. */
final class Execs {
    private final SimulatorConfig config;
    private final Console console;
    private final Rules<Fault> faults;
    private final Rules<Personality> personalities;
    private final CommandLog log;
    private final Runnable reboot;
    /** Held by the line that is taking effect, if lines are whole. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean hung = new AtomicBoolean();
    private final AtomicBoolean answered = new AtomicBoolean();

    /** @param reboot begins one and returns */
    Execs(
            SimulatorConfig config,
            Map<String, Menu> menus,
            Rules<Fault> faults,
            Rules<Personality> personalities,
            CommandLog log,
            Runnable reboot) {
        this.config = config;
        this.console = new Console(menus, this::between);
        this.faults = faults;
        this.personalities = personalities;
        this.log = log;
        this.reboot = reboot;
    }

    /** Runs one exec. */
    Answer answer(Caller caller, String exec) throws InterruptedException {
        int now = running.incrementAndGet();
        try {
            personalities
                    .take(SessionsHang.class, new Site.Line(exec))
                    .filter(limit -> now > limit.most())
                    .ifPresent(_ -> hung.set(true));
            if (hung.get()) {
                note(exec, "", true);
                return new Answer.Silence();
            }
            var answer = faulty(caller, exec);
            return hung.get() ? new Answer.Silence() : answer;
        } finally {
            running.decrementAndGet();
        }
    }

    private Answer faulty(Caller caller, String exec) throws InterruptedException {
        return switch (faults.take(Fault.class, new Site.Line(exec)).orElse(null)) {
            case null -> apply(caller, exec);
            case Fault.DropBeforeApplying() -> {
                note(exec, "", true);
                yield new Answer.HangUp();
            }
            case Fault.DropAnswerAfterApplying() -> {
                run(exec);
                yield new Answer.HangUp();
            }
            case Fault.Stall(boolean applied) -> {
                if (applied) run(exec);
                else note(exec, "", true);
                yield new Answer.Silence();
            }
            case Fault.ErrorWithStatusZero(var text) -> {
                note(exec, text, true);
                yield new Answer.Say(text, 0);
            }
            case Fault.Delay(var by) -> {
                Thread.sleep(by);
                yield apply(caller, exec);
            }
            case Fault.Reboot(boolean applied) -> {
                if (applied) run(exec);
                else note(exec, "", true);
                reboot.run();
                yield new Answer.Silence();
            }
        };
    }

    /** What this simulation needs for itself is no part of what an appliance would need: it counts into the latency. */
    private Answer apply(Caller caller, String exec) throws InterruptedException {
        long began = System.nanoTime();
        var output = run(exec);
        var time = config.latency().of(exec, caller.first()).plus(startUp());
        Thread.sleep(time.minusNanos(System.nanoTime() - began));
        boolean shown = output.failed() && !personalities.holds(StatusZero.class, new Site.Line(exec));
        return new Answer.Say(output.text(), shown ? 1 : 0);
    }

    private Duration startUp() {
        if (!answered.compareAndSet(false, true)) return Duration.ZERO;
        return personalities
                .take(SlowStart.class, Site.APPLIANCE)
                .map(SlowStart::by)
                .orElse(Duration.ZERO);
    }

    /** A line that waits holds up nobody else, so it is no single step in any case. */
    private Console.Output run(String exec) {
        if (!config.wholeLines() || exec.contains(":delay")) return runNow(exec);
        turn.lock();
        try {
            return runNow(exec);
        } finally {
            turn.unlock();
        }
    }

    /** Between the two steps of a command other lines have their turn, on an appliance that is such. */
    private void between(String command, String item) {
        var pause = personalities.take(FindThenSet.class, new Site.Item(command, item));
        if (pause.isEmpty()) return;
        boolean mine = turn.isHeldByCurrentThread();
        if (mine) turn.unlock();
        try {
            Thread.sleep(pause.get().pause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            if (mine) turn.lock();
        }
    }

    private Console.Output runNow(String exec) {
        var output = console.run(exec);
        note(exec, output.text(), output.failed());
        return output;
    }

    private void note(String exec, String output, boolean failed) {
        log.add(new Exec(Instant.now(), exec, output, failed));
    }
}
