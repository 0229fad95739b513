package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connection that is kept for cuts: its own, at hand, and never trusted longer than a cut can afford. */
@Timeout(60)
class FencingConnectionTest {
    private static final int PLENTY_SECONDS = 40;
    private static final Script READ = Script.of(Command.count("/disk", Filter.is("slot", "pvc-1")));
    private static final Script CUT = Script.of(
            Command.set("/disk", Filter.is("slot", "pvc-1"), new LinkedHashMap<>(Map.of("nvme-tcp-export", "no"))));

    private static KeyPair hostKey;
    private static KeyPair userKey;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private ScriptedAppliance appliance;
    private Wire wire;
    private RouterOs ordinary;
    private RouterOs fencing;

    @BeforeAll
    static void keys() throws Exception {
        hostKey = Keys.rsa();
        userKey = Keys.ed25519();
    }

    @BeforeEach
    void start() throws Exception {
        appliance = new ScriptedAppliance(hostKey, userKey, ScriptedAppliance.Asked::done);
        wire = new Wire(appliance.port());
        ordinary = Ssh.open(config(4));
        fencing = ordinary.fencing();
    }

    @AfterEach
    void stop() throws Exception {
        ordinary.close();
        threads.close();
        wire.close();
        appliance.close();
        assertThat(appliance.failures).isEmpty();
    }

    @Test
    void fencing_has_a_connection_of_its_own_from_its_first_script_on() {
        assertDone(run(ordinary, READ));
        assertThat(appliance.logins).hasValue(1);
        assertDone(run(fencing, CUT));
        assertThat(appliance.logins).hasValue(2);
        assertDone(run(ordinary, READ));
        assertDone(run(fencing.fencing(), CUT));
        assertThat(appliance.logins).hasValue(2);
    }

    @Test
    void with_one_session_all_share_one_connection() throws Exception {
        try (var narrow = Ssh.open(config(1))) {
            assertDone(run(narrow, READ));
            assertDone(run(narrow.fencing(), CUT));
        }
        assertThat(appliance.logins).hasValue(1);
    }

    @Test
    void all_together_never_run_more_scripts_at_once_than_there_are_sessions() throws Exception {
        // Counted until the answer, since on two connections nothing orders the end of one session and the begin of
        // another.
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        appliance.behave(asked -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            // Long enough that all would be there at once, if they could.
            Thread.sleep(20);
            running.decrementAndGet();
            asked.done();
        });
        var replies = new ArrayList<Future<Reply>>();
        for (int i = 0; i < 24; i++) {
            replies.add(submit(ordinary, READ));
            replies.add(submit(fencing, CUT));
        }
        for (var reply : replies) assertDone(reply.get());
        assertThat(most.get()).isBetween(3, 4);
        assertThat(appliance.received).hasSize(48).doesNotHaveDuplicates();
        assertThat(appliance.logins).hasValue(2);
    }

    @Test
    void a_cut_that_finds_its_lane_busy_takes_the_first_that_falls_free_before_all_who_waited_longer()
            throws Exception {
        var began = new CountDownLatch(4);
        var finishOne = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        appliance.behave(asked -> {
            began.countDown();
            (asked.line().contains("first") ? finishOne : finish).await();
            asked.done();
        });
        var first = submit(ordinary, Script.of(Command.count("/disk", Filter.is("slot", "first"))));
        var others = new ArrayList<Future<Reply>>();
        for (int i = 0; i < 2; i++) others.add(submit(ordinary, READ));
        others.add(submit(fencing, READ));
        began.await();
        for (int i = 0; i < 100; i++) others.add(submit(ordinary, READ));
        await("a hundred wait", () -> waiting() == 100);
        appliance.behave(ScriptedAppliance.Asked::done);
        var cut = submit(fencing, CUT);
        await("the cut waits too", () -> waiting() == 101);
        finishOne.countDown();
        assertDone(first.get());
        assertDone(cut.get());
        assertThat(appliance.received.get(4)).as("the very next command").contains("/disk/set");
        finish.countDown();
        for (var reply : others) assertDone(reply.get());
    }

    @Test
    void an_ordinary_connection_that_hangs_holds_no_cut() throws Exception {
        assertDone(run(ordinary, READ));
        wire.goSilent();
        var held = submit(ordinary, READ);
        assertDone(run(fencing, CUT));
        assertThat(appliance.received).hasSize(2);
        assertThat(appliance.received.getLast()).contains("/disk/set");
        assertDone(held.get());
    }

    @Test
    void a_connection_that_died_silently_costs_a_cut_seconds_and_not_its_deadline() {
        assertDone(run(fencing, CUT));
        wire.goSilent();
        assertDoneInTime(CUT);
        assertThat(appliance.received).hasSize(2).doesNotHaveDuplicates();
        assertThat(appliance.logins).hasValue(2);
    }

    @Test
    void one_that_was_made_in_the_background_and_never_used_is_trusted_no_longer() throws Exception {
        var connections = new Connections(new Dialer(config(4)));
        try {
            connections.keepOne();
            await("a connection made in the background", () -> appliance.logins.get() == 1);
            var patience = Patience.until(Deadline.after(PLENTY_SECONDS, SECONDS));
            var connection = connections.enter(patience);
            wire.goSilent();
            assertThat(connection.send(new Exec(CUT.render("mark"), patience), patience))
                    .isFalse();
            assertThat(patience.left()).isGreaterThan(Duration.ofSeconds(PLENTY_SECONDS / 2));
            connection.leave();
        } finally {
            connections.close();
        }
        assertThat(appliance.logins).hasValue(1);
        assertThat(appliance.received).isEmpty();
    }

    @Test
    void a_session_that_opens_after_it_was_given_up_is_sent_nothing() throws Exception {
        var slowBegan = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        appliance.behave(asked -> {
            slowBegan.countDown();
            release.await();
            asked.done();
        });
        // Somebody else keeps the connection in use, so that the late confirmation finds it open.
        var slow = submit(fencing, READ);
        slowBegan.await();
        appliance.behave(ScriptedAppliance.Asked::done);
        wire.holdThese();
        assertDoneInTime(CUT);
        assertThat(appliance.logins).hasValue(2);
        wire.pass();
        release.countDown();
        assertDone(slow.get());
        assertThat(appliance.received).hasSize(2);
        assertThat(appliance.received.getLast()).contains("/disk/set");
    }

    @Test
    void a_lost_connection_for_fencing_is_made_anew_before_anybody_needs_it() throws Exception {
        assertDone(run(ordinary, READ));
        assertDone(run(fencing, CUT));
        appliance.stop();
        appliance.start();
        await("a third login, without a script", () -> appliance.logins.get() == 3);
        assertThat(appliance.received).hasSize(2);
    }

    @Test
    void closing_either_ends_both() throws Exception {
        var arrived = new CountDownLatch(2);
        appliance.behave(_ -> arrived.countDown());
        var running = submit(ordinary, READ);
        var cutting = submit(fencing, CUT);
        arrived.await();
        fencing.close();
        assertThat(fateOf(running.get())).isEqualTo(Fate.UNKNOWN);
        assertThat(fateOf(cutting.get())).isEqualTo(Fate.UNKNOWN);
        assertThat(fateOf(run(ordinary, READ))).isEqualTo(Fate.NOT_SENT);
        assertThat(fateOf(run(fencing, CUT))).isEqualTo(Fate.NOT_SENT);
    }

    private SshConfig config(int sessions) throws Exception {
        var identity = Keys.openSsh(userKey, dir.resolve("identity"));
        return new SshConfig("rds-csi", "127.0.0.1", wire.port(), identity, Keys.fingerprint(hostKey), sessions);
    }

    private int waiting() {
        return ((WayIn) ordinary).waiting();
    }

    private Future<Reply> submit(RouterOs way, Script script) {
        return threads.submit((Callable<Reply>) () -> run(way, script));
    }

    private static Reply run(RouterOs way, Script script) {
        return way.run(script, Deadline.after(PLENTY_SECONDS, SECONDS));
    }

    /** It is done, with most of its deadline left. */
    private void assertDoneInTime(Script script) {
        var deadline = Deadline.after(PLENTY_SECONDS, SECONDS);
        assertDone(fencing.run(script, deadline));
        assertThat(deadline.timeRemaining(SECONDS)).isGreaterThan(PLENTY_SECONDS / 2);
    }

    private static void assertDone(Reply reply) {
        assertThat(reply).isInstanceOf(Done.class);
    }

    private static Fate fateOf(Reply reply) {
        return ((CouldNotAsk) reply).fate();
    }

    private static void await(String what, BooleanSupplier met) {
        var deadline = Deadline.after(20, SECONDS);
        while (!met.getAsBoolean()) {
            if (deadline.isExpired()) throw new AssertionError("not in time: " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
