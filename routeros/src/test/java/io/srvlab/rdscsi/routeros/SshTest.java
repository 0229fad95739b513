package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.routeros.Reply.Full;
import io.srvlab.rdscsi.routeros.Reply.NotThere;
import io.srvlab.rdscsi.routeros.Reply.Refused;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SshTest {
    private static final Script SCRIPT = Script.of(Command.count("/disk", Filter.is("slot", "pvc-1")));
    private static final Script CHANGE = Script.of(Command.remove("/disk", Filter.is("slot", "pvc-1")));
    private static final Duration PLENTY = Duration.ofSeconds(20);

    private static KeyPair hostKey;
    private static KeyPair userKey;

    @TempDir
    Path dir;

    private ScriptedAppliance appliance;
    private Path identity;
    private RouterOs routerOs;

    @BeforeAll
    static void keys() throws Exception {
        hostKey = Keys.rsa();
        userKey = Keys.ed25519();
    }

    @BeforeEach
    void start() throws Exception {
        appliance = new ScriptedAppliance(hostKey, userKey, ScriptedAppliance.Asked::done);
        identity = Keys.openSsh(userKey, dir.resolve("identity"));
        routerOs = Ssh.open(config());
    }

    @AfterEach
    void stop() throws Exception {
        routerOs.close();
        appliance.close();
        assertThat(appliance.failures).isEmpty();
    }

    @Test
    void a_script_that_ran_to_its_end_is_done_with_what_it_printed() {
        appliance.behave(asked -> {
            asked.print("1\r\n\r\n[{\"slot\":\"a\"}]\n");
            asked.done();
        });
        assertThat(run()).isEqualTo(new Done(List.of("1", "", "[{\"slot\":\"a\"}]")));
    }

    @Test
    void what_is_sent_is_the_script_as_one_line_with_a_fresh_mark_each_time() {
        run();
        run();
        assertThat(appliance.received)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "\\{ :put \\[:len \\[/disk/find where slot=\"pvc-1\"]]; :put \"rds-csi-end-[0-9a-f]{16}\" }"));
        assertThat(appliance.logins).hasValue(1);
    }

    @Test
    void an_exit_status_of_0_proves_nothing() {
        appliance.behave(asked -> {
            asked.print("[]\r\nfailure: already have such entry (/disk/add; line 1)\n");
            asked.exit().onExit(0);
        });
        assertThat(run()).isEqualTo(new Refused("failure: already have such entry (/disk/add; line 1)"));
    }

    @Test
    void an_error_may_come_on_either_stream() {
        appliance.behave(asked -> {
            asked.print("0\r\n");
            asked.complain("no such item (/disk/get; line 1)\n");
            asked.exit().onExit(1);
        });
        assertThat(run()).isEqualTo(new NotThere("no such item (/disk/get; line 1)"));
    }

    @Test
    void a_full_pool_is_told_from_other_refusals() {
        appliance.behave(asked -> {
            asked.print("failure: not enough space (/disk/add; line 1)\n");
            asked.exit().onExit(1);
        });
        assertThat(run()).isInstanceOf(Full.class);
    }

    @Test
    void a_session_that_ends_without_a_word_proves_nothing() {
        appliance.behave(asked -> asked.exit().onExit(0));
        assertUnknown(run(), "without an answer");
    }

    @Test
    void a_connection_lost_after_a_change_was_sent_leaves_it_unknown_and_is_not_asked_again() {
        appliance.behave(asked -> {
            asked.print("[{\"slot\":");
            asked.breakConnection();
        });
        assertUnknown(routerOs.run(CHANGE, Deadline.after(20, TimeUnit.SECONDS)), "lost");
        assertThat(appliance.received).hasSize(1);
    }

    @Test
    void an_appliance_that_stalls_is_given_up_at_the_deadline_and_asked_on_a_fresh_connection_next() {
        appliance.behave(_ -> {});
        long begun = System.nanoTime();
        assertUnknown(run(Duration.ofMillis(700)), "no answer within");
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(600), Duration.ofSeconds(3));

        appliance.behave(ScriptedAppliance.Asked::done);
        assertThat(run()).isInstanceOf(Done.class);
        assertThat(appliance.received).hasSize(2);
        assertThat(appliance.logins).hasValue(2);
    }

    @Test
    void a_script_that_still_runs_when_another_stalls_on_its_connection_may_finish() throws Exception {
        var slowBegan = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        appliance.behave(asked -> {
            slowBegan.countDown();
            release.await();
            asked.print("slow\r\n");
            asked.done();
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reply> slow = threads.submit((Callable<Reply>) this::run);
            slowBegan.await();
            appliance.behave(_ -> {});
            assertUnknown(run(Duration.ofMillis(300)), "no answer within");
            appliance.behave(ScriptedAppliance.Asked::done);
            assertThat(run()).isInstanceOf(Done.class);
            release.countDown();
            assertThat(slow.get()).isEqualTo(new Done(List.of("slow")));
        }
    }

    @Test
    void no_more_scripts_run_at_once_than_there_are_sessions() throws Exception {
        appliance.behave(asked -> {
            // Long enough that all would be there at once, if they could.
            TimeUnit.MILLISECONDS.sleep(30);
            asked.done();
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = new ArrayList<Future<Reply>>();
            for (int i = 0; i < 24; i++) replies.add(threads.submit((Callable<Reply>) this::run));
            for (var reply : replies) assertThat(reply.get()).isInstanceOf(Done.class);
        }
        assertThat(appliance.runningMost.get()).as("one of the four is kept").isBetween(2, 3);
        assertThat(appliance.logins).hasValue(1);
    }

    @Test
    void who_finds_all_sessions_busy_waits_no_longer_than_the_deadline() throws Exception {
        var busy = new CountDownLatch(3);
        var release = new CountDownLatch(1);
        appliance.behave(asked -> {
            busy.countDown();
            release.await();
            asked.done();
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                Future<Reply> _ = threads.submit((Callable<Reply>) this::run);
            }
            busy.await();
            assertNotSent(run(Duration.ofMillis(200)), "all 3 sessions");
            release.countDown();
        }
        assertThat(appliance.received).hasSize(3);
    }

    @Test
    void a_change_is_not_sent_any_more_when_less_than_2_s_are_left_after_its_wait() throws Exception {
        var busy = new CountDownLatch(3);
        var release = new CountDownLatch(1);
        appliance.behave(asked -> {
            busy.countDown();
            release.await();
            asked.done();
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                Future<Reply> _ = threads.submit((Callable<Reply>) this::run);
            }
            busy.await();
            var deadline = Deadline.after(2_300, TimeUnit.MILLISECONDS);
            assertNotSent(routerOs.run(CHANGE, deadline), "all 3 sessions");
            assertThat(deadline.isExpired())
                    .as("there was still time for a read")
                    .isFalse();
            release.countDown();
        }
        assertThat(appliance.received).hasSize(3);
    }

    @Test
    void a_change_with_less_than_2_s_left_is_not_even_tried() {
        assertNotSent(
                routerOs.run(CHANGE, Deadline.after(1_900, TimeUnit.MILLISECONDS)), "less than 2 s of the deadline");
        assertThat(appliance.logins).hasValue(0);
    }

    @Test
    void a_change_whose_session_opens_when_less_than_2_s_are_left_is_not_sent() throws Exception {
        try (var wire = new Wire(appliance.port());
                var other = Ssh.open(config(wire.port()))) {
            assertThat(run(other, PLENTY)).isInstanceOf(Done.class);
            wire.hold();
            var deadline = Deadline.after(2_400, TimeUnit.MILLISECONDS);
            assertNotSent(other.run(CHANGE, deadline), "within");
            assertThat(deadline.isExpired()).isFalse();
            wire.pass();
            assertThat(run(other, PLENTY)).isInstanceOf(Done.class);
        }
        assertThat(appliance.received).noneMatch(line -> line.contains("/remove"));
    }

    @Test
    void an_appliance_that_restarted_between_two_scripts_is_connected_to_again() throws Exception {
        assertThat(run()).isInstanceOf(Done.class);
        appliance.stop();
        appliance.start();
        assertThat(run()).isInstanceOf(Done.class);
        assertThat(appliance.received).hasSize(2);
    }

    @Test
    void a_connection_that_died_unnoticed_is_replaced_before_the_script_is_sent() throws Exception {
        try (var wire = new Wire(appliance.port());
                var other = Ssh.open(config(wire.port()))) {
            assertThat(run(other, PLENTY)).isInstanceOf(Done.class);
            wire.goSilent();
            assertThat(run(other, Duration.ofSeconds(4))).isInstanceOf(Done.class);
        }
        assertThat(appliance.received).hasSize(2);
        assertThat(appliance.logins).hasValue(2);
    }

    @Test
    void a_session_that_opens_after_the_deadline_is_sent_nothing() throws Exception {
        var slowBegan = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        appliance.behave(asked -> {
            slowBegan.countDown();
            release.await();
            asked.done();
        });
        try (var wire = new Wire(appliance.port());
                var other = Ssh.open(config(wire.port()));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Somebody else keeps the connection in use, so that the late confirmation finds it open.
            var slow = threads.submit(() -> run(other, PLENTY));
            slowBegan.await();
            wire.hold();
            assertNotSent(run(other, Duration.ofMillis(400)), "within");
            wire.pass();
            release.countDown();
            assertThat(slow.get()).isInstanceOf(Done.class);
        }
        assertThat(appliance.received).hasSize(1);
    }

    @Test
    void another_host_key_than_the_pinned_one_is_not_talked_to() throws Exception {
        var expected = Keys.fingerprint(Keys.rsa());
        assertNotSent(runWith(config(identity, expected)), expected);
        assertNotSent(runWith(config(identity, expected)), Keys.fingerprint(hostKey));
        assertThat(appliance.received).isEmpty();
        assertThat(appliance.logins).hasValue(0);
    }

    @Test
    void a_key_that_the_appliance_does_not_know_is_named_with_what_to_do() throws Exception {
        var stranger = Keys.openSsh(Keys.ed25519(), dir.resolve("stranger"));
        var reply = runWith(config(stranger, Keys.fingerprint(hostKey)));
        assertNotSent(reply, stranger.toString());
        assertNotSent(reply, "/user/ssh-keys/import user=rds-csi");
    }

    @Test
    void rsa_keys_and_pem_files_do_as_well() throws Exception {
        var rsa = Keys.rsa();
        appliance.authorize(rsa);
        assertThat(runWith(config(Keys.openSsh(rsa, dir.resolve("rsa")), Keys.fingerprint(hostKey))))
                .isInstanceOf(Done.class);
        assertThat(runWith(config(Keys.pem(rsa, dir.resolve("rsa.pem")), Keys.fingerprint(hostKey))))
                .isInstanceOf(Done.class);
        assertThat(runWith(config(Keys.pem(userKey, dir.resolve("ed25519.pem")), Keys.fingerprint(hostKey))))
                .isInstanceOf(Done.class);
    }

    @Test
    void an_identity_file_that_cannot_be_used_is_named_with_the_reason() throws Exception {
        assertNotSent(runWith(config(dir.resolve("absent"), Keys.fingerprint(hostKey))), "absent is not there");
        var encrypted = Keys.encrypted(userKey, dir.resolve("locked"));
        assertNotSent(runWith(config(encrypted, Keys.fingerprint(hostKey))), "locked is encrypted");
        var junk = Files.writeString(dir.resolve("junk"), "no key");
        assertNotSent(runWith(config(junk, Keys.fingerprint(hostKey))), "junk holds no private key");
        var ecdsa = Keys.openSsh(Keys.ecdsa(), dir.resolve("ecdsa"));
        assertNotSent(runWith(config(ecdsa, Keys.fingerprint(hostKey))), "which RouterOS refuses");
        assertThat(appliance.received).isEmpty();
    }

    @Test
    void a_rotated_key_is_read_at_the_next_connection() throws Exception {
        assertThat(run()).isInstanceOf(Done.class);
        var next = Keys.ed25519();
        appliance.authorized.clear();
        appliance.authorize(next);
        Keys.openSsh(next, identity);
        appliance.stop();
        appliance.start();
        assertThat(run()).isInstanceOf(Done.class);
    }

    @Test
    void a_closed_port_is_said_at_once() throws Exception {
        appliance.stop();
        long begun = System.nanoTime();
        assertNotSent(run(), "/ip/service");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_port_that_accepts_and_never_speaks_is_given_up_at_the_deadline() throws Exception {
        try (var mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var other = Ssh.open(config(mute.getLocalPort()))) {
            long begun = System.nanoTime();
            assertNotSent(other.run(SCRIPT, Deadline.after(600, TimeUnit.MILLISECONDS)), "no SSH handshake");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
        }
    }

    @Test
    void a_deadline_that_has_passed_makes_no_contact() {
        assertNotSent(run(Duration.ofSeconds(-1)), "deadline had passed");
        assertThat(appliance.logins).hasValue(0);
    }

    @Test
    void an_interrupted_caller_gets_its_answer_at_once_and_stays_interrupted() throws Exception {
        var arrived = new CountDownLatch(1);
        appliance.behave(_ -> arrived.countDown());
        var replies = new LinkedBlockingQueue<Reply>();
        var thread = Thread.ofVirtual().start(() -> {
            var reply = run();
            if (Thread.currentThread().isInterrupted()) replies.add(reply);
        });
        arrived.await();
        thread.interrupt();
        assertUnknown(replies.take(), "interrupted");
    }

    @Test
    void closing_ends_what_runs_and_lets_nothing_more_begin() throws Exception {
        var arrived = new CountDownLatch(1);
        appliance.behave(_ -> arrived.countDown());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit((Callable<Reply>) this::run);
            arrived.await();
            routerOs.close();
            assertUnknown(running.get(), "lost");
        }
        assertNotSent(run(), "closed");
    }

    private Reply run() {
        return run(PLENTY);
    }

    private Reply run(Duration within) {
        return run(routerOs, within);
    }

    private static Reply run(RouterOs routerOs, Duration within) {
        return routerOs.run(SCRIPT, Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS));
    }

    private Reply runWith(SshConfig config) {
        try (var other = Ssh.open(config)) {
            return run(other, PLENTY);
        }
    }

    private SshConfig config(int port) {
        return new SshConfig("rds-csi", "127.0.0.1", port, identity, Keys.fingerprint(hostKey), 4);
    }

    private SshConfig config() {
        return config(identity, Keys.fingerprint(hostKey));
    }

    private SshConfig config(Path key, String fingerprint) {
        return SshConfig.parse("ssh://rds-csi@127.0.0.1:" + appliance.port(), key, fingerprint);
    }

    private static void assertUnknown(Reply reply, String why) {
        assertCouldNotAsk(reply, why, Fate.UNKNOWN);
    }

    private static void assertNotSent(Reply reply, String why) {
        assertCouldNotAsk(reply, why, Fate.NOT_SENT);
    }

    private static void assertCouldNotAsk(Reply reply, String why, Fate fate) {
        assertThat(reply).isInstanceOfSatisfying(CouldNotAsk.class, it -> {
            assertThat(it.why()).contains(why);
            assertThat(it.fate()).isEqualTo(fate);
            assertThat(it.tried()).matches("ssh rds-csi@127\\.0\\.0\\.1:\\d+");
        });
    }
}
