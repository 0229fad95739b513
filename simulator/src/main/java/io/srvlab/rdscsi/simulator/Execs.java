package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Host;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.device.Device;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.FindThenSet;
import io.srvlab.rdscsi.simulator.personality.Personality.SessionsHang;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowStart;
import io.srvlab.rdscsi.simulator.personality.Personality.StatusZero;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import io.srvlab.rdscsi.simulator.rest.Lines;
import io.srvlab.rdscsi.simulator.ssh.Answer;
import io.srvlab.rdscsi.simulator.ssh.Caller;
import io.srvlab.rdscsi.simulator.user.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** What becomes of the command lines of one boot, and of requests that are like one: in which order they take effect, how long they take, what goes wrong. */
final class Execs implements Host, Lines, AutoCloseable {
    private final SimulatorConfig config;
    private final Map<String, Menu> menus;
    private final Console console;
    private final Device device;
    private final Users users;
    private final Rules<Fault> faults;
    private final Rules<Personality> personalities;
    private final CommandLog log;
    private final Runnable reboot;
    /** Held by the line that is taking effect, if lines are whole. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean hung = new AtomicBoolean();
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * On this device.
     *
     * @param more menus beside the device's and the users'
     * @param reboot begins one and returns
     */
    Execs(
            SimulatorConfig config,
            Device device,
            Users users,
            Map<String, Menu> more,
            Rules<Fault> faults,
            Rules<Personality> personalities,
            CommandLog log,
            Runnable reboot) {
        this.config = config;
        var all = new HashMap<>(device.menus(reboot));
        all.putAll(users.menus());
        all.putAll(more);
        menus = Map.copyOf(all);
        this.console = new Console(menus, this);
        this.device = device;
        this.users = users;
        this.faults = faults;
        this.personalities = personalities;
        this.log = log;
        this.reboot = reboot;
    }

    /** What the console has menus for, by path. */
    Map<String, Menu> menus() {
        return menus;
    }

    /** Runs one exec. */
    Answer answer(Caller caller, String exec) throws InterruptedException {
        return answer(caller, exec, () -> console.run(exec, users.user(caller.user())));
    }

    @Override
    public Answer answer(Caller caller, String exec, Work work) throws InterruptedException {
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
            var answer = faulty(caller, exec, work);
            return hung.get() ? new Answer.Silence() : answer;
        } finally {
            running.decrementAndGet();
        }
    }

    private Answer faulty(Caller caller, String exec, Work work) throws InterruptedException {
        return switch (faults.take(Fault.class, new Site.Line(exec)).orElse(null)) {
            case null -> apply(caller, exec, work);
            case Fault.DropBeforeApplying() -> {
                note(exec, "", true);
                yield new Answer.HangUp();
            }
            case Fault.DropAnswerAfterApplying() -> {
                run(exec, work);
                yield new Answer.HangUp();
            }
            case Fault.Stall(boolean applied) -> {
                if (applied) run(exec, work);
                else note(exec, "", true);
                yield new Answer.Silence();
            }
            case Fault.ErrorWithStatusZero(var text) -> {
                note(exec, text, true);
                yield new Answer.Say(text, 0);
            }
            case Fault.Delay(var by) -> {
                Thread.sleep(by);
                yield apply(caller, exec, work);
            }
            case Fault.Reboot(boolean applied) -> {
                if (applied) run(exec, work);
                else note(exec, "", true);
                reboot.run();
                yield new Answer.Silence();
            }
        };
    }

    /** What this simulation needs for itself is no part of what an appliance would need: it counts into the latency. */
    private Answer apply(Caller caller, String exec, Work work) throws InterruptedException {
        long began = System.nanoTime();
        var output = run(exec, work);
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

    private Console.Output run(String exec, Work work) {
        if (!config.wholeLines()) return runNow(exec, work);
        turn.lock();
        try {
            return runNow(exec, work);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void turn(Runnable job) {
        if (config.wholeLines()) turn.lock();
        try {
            job.run();
        } finally {
            if (config.wholeLines()) turn.unlock();
        }
    }

    /** Between the two steps of a command others have their turn, on an appliance that is such. */
    @Override
    public void between(String command, String item) {
        var pause = personalities.take(FindThenSet.class, new Site.Item(command, item));
        if (pause.isEmpty()) return;
        try {
            pause(pause.get().pause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line that waits holds up nobody else. */
    @Override
    public void pause(Duration time) throws InterruptedException {
        boolean mine = turn.isHeldByCurrentThread();
        if (mine) turn.unlock();
        try {
            Thread.sleep(time);
        } finally {
            if (mine) turn.lock();
        }
    }

    @Override
    public void write(String file, String text) throws ConsoleError {
        device.write(file, text);
    }

    @Override
    public void close() {
        console.close();
    }

    private Console.Output runNow(String exec, Work work) {
        var output = work.run();
        note(exec, output.text(), output.failed());
        return output;
    }

    private void note(String exec, String output, boolean failed) {
        log.add(new Exec(Instant.now(), exec, output, failed));
    }
}
