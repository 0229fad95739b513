package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the appliance's own log shows of who went first, over SSH from end to end. */
@Timeout(60)
class FencingOrderTest {
    private static final int HUNDRED = 100;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Simulator simulator;
    private RouterOs ordinary;
    private RouterOs fencing;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start(SimulatorConfig.in(dir).withSessionsMax(SshConfig.SESSIONS));
        var address = simulator.sshAddress();
        ordinary = Ssh.open(new SshConfig(
                simulator.user(),
                address.getAddress().getHostAddress(),
                address.getPort(),
                simulator.clientKey(),
                simulator.hostKeyFingerprint(),
                SshConfig.SESSIONS));
        fencing = ordinary.fencing();
        made("pvc-1");
        made("pvc-2");
    }

    @AfterEach
    void stop() throws Exception {
        ordinary.close();
        threads.close();
        simulator.close();
    }

    @Test
    void a_hundred_scripts_in_front_of_which_three_hang_hold_no_cut() throws Exception {
        var before = simulator.commands().size();
        var queued = hundredBehindThreeThatHang();
        assertThat(cut("pvc-1")).isEqualTo(new Done(List.of("false")));
        assertThat(cut("pvc-2")).isEqualTo(new Done(List.of("false")));
        assertThat(commandsSince(before)).hasSize(5);
        assertThat(commandsSince(before).get(3)).contains("/disk/set", "pvc-1");
        assertThat(commandsSince(before).get(4)).contains("/disk/set", "pvc-2");

        ordinary.close();
        var fates = new ArrayList<Fate>();
        for (var reply : queued) fates.add(((CouldNotAsk) reply.get()).fate());
        assertThat(fates).filteredOn(fate -> fate == Fate.UNKNOWN).hasSize(3);
        assertThat(fates).filteredOn(fate -> fate == Fate.NOT_SENT).hasSize(HUNDRED - 3);
        assertThat(commandsSince(before)).hasSize(5);
    }

    private List<Future<Reply>> hundredBehindThreeThatHang() {
        var before = simulator.commands().size();
        for (int i = 0; i < 3; i++) simulator.onNext(line -> line.contains("ordinary"), new Fault.Stall(false));
        var queued = new ArrayList<Future<Reply>>();
        for (int i = 0; i < HUNDRED; i++) queued.add(submit(ordinary, count("ordinary")));
        await("three hang and the others wait", () -> commandsSince(before).size() == 3 && waiting() == HUNDRED - 3);
        return queued;
    }

    private void made(String slot) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("type", "file");
        properties.put("slot", slot);
        properties.put("file-path", simulator.basePath() + "/" + slot + ".img");
        properties.put("file-size", "1048576");
        properties.put("nvme-tcp-export", "yes");
        assertThat(run(ordinary, Script.of(Command.add("/disk", properties)))).isInstanceOf(Done.class);
    }

    private Reply cut(String slot) {
        return switch (run(fencing, cutting(slot))) {
            case Done(var lines) ->
                new Done(Rows.parse(lines.getFirst()).stream()
                        .map(row -> String.valueOf(row.flag("nvme-tcp-export").orElseThrow()))
                        .toList());
            case Reply other -> other;
        };
    }

    private static Script cutting(String slot) {
        var where = Filter.is("slot", slot);
        return Script.of(
                Command.set("/disk", where, new LinkedHashMap<>(Map.of("nvme-tcp-export", "no"))),
                Command.printJson("/disk", where));
    }

    private static Script count(String slot) {
        return Script.of(Command.count("/disk", Filter.is("slot", slot)));
    }

    private List<String> commandsSince(int before) {
        return simulator.commands().stream().skip(before).map(Exec::text).toList();
    }

    private int waiting() {
        return ((WayIn) ordinary).waiting();
    }

    private Future<Reply> submit(RouterOs way, Script script) {
        return threads.submit((Callable<Reply>) () -> run(way, script));
    }

    private static Reply run(RouterOs way, Script script) {
        return way.run(script, Deadline.after(50, SECONDS));
    }

    private static void await(String what, BooleanSupplier met) {
        var deadline = Deadline.after(20, SECONDS);
        while (!met.getAsBoolean()) {
            if (deadline.isExpired()) throw new AssertionError("not in time: " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
