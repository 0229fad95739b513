package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.rest.Lines;
import io.srvlab.rdscsi.simulator.rest.RestFront;
import io.srvlab.rdscsi.simulator.ssh.Answer;
import io.srvlab.rdscsi.simulator.ssh.Caller;
import io.srvlab.rdscsi.simulator.user.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Moments of REST that no appliance can be made to show: a console that does what a test says, behind a real HTTPS server. */
@Timeout(60)
class RestTest {
    private static final Script SCRIPT = Script.of(Command.count("/disk", Filter.is("slot", "pvc-1")));
    private static final Script CHANGE = Script.of(Command.remove("/disk", Filter.is("slot", "pvc-1")));
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Pattern MARK = Pattern.compile(":put \"(rds-csi-end-[0-9a-f]{16})\" }$");

    @TempDir
    static Path dir;

    private final List<String> received = new CopyOnWriteArrayList<>();
    private volatile Console console = RestTest::done;
    private static final String PASSWORD = "a password that nobody else has";

    private Path passwordFile;
    private RestFront front;
    private RouterOs routerOs;

    @BeforeEach
    void start() throws Exception {
        passwordFile = Files.writeString(dir.resolve("password"), PASSWORD + "\n");
        front = front(0, Duration.ofSeconds(60));
        routerOs = Rest.open(config(front.address().getPort(), "a", "b", "c"));
    }

    @AfterEach
    void stop() {
        routerOs.close();
        front.close();
    }

    @Test
    void what_is_sent_is_the_script_as_one_line_with_a_fresh_mark_each_time() {
        assertThat(run()).isEqualTo(new Done(List.of()));
        assertThat(run()).isEqualTo(new Done(List.of()));
        assertThat(received)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "\\{ :put \\[:len \\[/disk/find where slot=\"pvc-1\"]]; :put \"rds-csi-end-[0-9a-f]{16}\" }"));
    }

    @Test
    void each_user_has_one_request_at_a_time_and_the_first_is_kept_for_fencing() throws Exception {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        console = script -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            // Long enough that all would be there at once, if they could.
            TimeUnit.MILLISECONDS.sleep(30);
            running.decrementAndGet();
            return done(script);
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = new ArrayList<Future<Reply>>();
            for (int i = 0; i < 24; i++) replies.add(threads.submit((Callable<Reply>) this::run));
            for (var reply : replies) assertThat(reply.get()).isInstanceOf(Done.class);
        }
        assertThat(most).hasValue(2);
    }

    @Test
    void a_single_user_is_a_single_lane() {
        try (var single = Rest.open(config(front.address().getPort(), "a"))) {
            assertThat(run(single, SCRIPT, PLENTY)).isInstanceOf(Done.class);
            assertThat(run(single.fencing(), SCRIPT, PLENTY)).isInstanceOf(Done.class);
        }
    }

    @Test
    void a_request_that_the_appliance_ends_leaves_a_change_unknown_for_it_goes_on() throws Exception {
        var goesOn = new CountDownLatch(1);
        var applied = new CountDownLatch(1);
        console = script -> {
            goesOn.await();
            applied.countDown();
            return done(script);
        };
        try (var impatient = front(0, Duration.ofMillis(300));
                var other = Rest.open(config(impatient.address().getPort(), "a"))) {
            var begun = System.nanoTime();
            assertCouldNotAsk(run(other, CHANGE, PLENTY), "which may take 60 s", Fate.UNKNOWN);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            goesOn.countDown();
            applied.await();
        }
        assertThat(received).hasSize(1);
    }

    @Test
    void after_a_user_hung_the_others_are_asked_first() {
        console = _ -> new Answer.Silence();
        assertCouldNotAsk(run(CHANGE, Duration.ofMillis(2_400)), "no answer within", Fate.UNKNOWN);
        console = RestTest::done;
        var begun = System.nanoTime();
        // The appliance still holds the first user's request.
        for (int i = 0; i < 3; i++) assertThat(run()).isInstanceOf(Done.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_connection_that_stands_when_it_is_too_late_is_sent_nothing() throws Exception {
        try (var wire = new Wire(front.address().getPort());
                var other = Rest.open(config(wire.port(), "a"))) {
            wire.hold();
            var deadline = Deadline.after(2_400, TimeUnit.MILLISECONDS);
            var reply = other.run(CHANGE, deadline);
            assertCouldNotAsk(reply, "no TLS connection within", Fate.NOT_SENT);
            assertThat(deadline.isExpired()).as("2 s are left to read").isFalse();
            wire.pass();
            assertThat(run(other, SCRIPT, PLENTY)).isInstanceOf(Done.class);
        }
        assertThat(received).noneMatch(line -> line.contains("/remove"));
    }

    @Test
    void a_port_that_is_closed_mute_or_speaks_something_else_is_named() throws Exception {
        int closed;
        try (var mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            closed = mute.getLocalPort();
            try (var other = Rest.open(config(mute.getLocalPort(), "a"))) {
                assertCouldNotAsk(
                        run(other, SCRIPT, Duration.ofMillis(600)), "no TLS connection within", Fate.NOT_SENT);
            }
        }
        try (var other = Rest.open(config(closed, "a"))) {
            assertCouldNotAsk(run(other, SCRIPT, PLENTY), "/ip/service has www-ssl enabled", Fate.NOT_SENT);
        }
        try (var talker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var other = Rest.open(config(talker.getLocalPort(), "a"))) {
            Thread.ofVirtual().start(() -> greet(talker));
            assertCouldNotAsk(run(other, SCRIPT, PLENTY), "TLS handshake failed", Fate.NOT_SENT);
        }
    }

    @Test
    void a_password_file_that_cannot_be_used_is_named_and_nothing_is_sent() throws Exception {
        var file = dir.resolve("passwords");
        var config =
                new RestConfig(List.of("a", "b"), "127.0.0.1", front.address().getPort(), file, pinned());
        try (var other = Rest.open(config)) {
            assertCouldNotAsk(run(other, SCRIPT, PLENTY), "passwords is not there", Fate.NOT_SENT);
            Files.writeString(file, "one\ntwo\nthree\n");
            assertCouldNotAsk(run(other, SCRIPT, PLENTY), "has 3 lines", Fate.NOT_SENT);
            Files.writeString(file, "\n");
            assertCouldNotAsk(run(other, SCRIPT, PLENTY), "an empty line", Fate.NOT_SENT);
        }
        assertThat(received).isEmpty();
    }

    @Test
    void an_interrupted_caller_gets_its_answer_at_once_and_stays_interrupted() throws Exception {
        var arrived = new CountDownLatch(1);
        console = _ -> {
            arrived.countDown();
            return new Answer.Silence();
        };
        var replies = new LinkedBlockingQueue<Reply>();
        var thread = Thread.ofVirtual().start(() -> {
            var reply = run();
            if (Thread.currentThread().isInterrupted()) replies.add(reply);
        });
        arrived.await();
        thread.interrupt();
        assertCouldNotAsk(replies.take(), "interrupted", Fate.UNKNOWN);
    }

    @Test
    void closing_ends_what_runs_and_lets_nothing_more_begin() throws Exception {
        var arrived = new CountDownLatch(1);
        console = _ -> {
            arrived.countDown();
            return new Answer.Silence();
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit((Callable<Reply>) this::run);
            arrived.await();
            routerOs.close();
            assertCouldNotAsk(running.get(), "lost", Fate.UNKNOWN);
        }
        assertCouldNotAsk(run(), "closed", Fate.NOT_SENT);
    }

    private static void greet(ServerSocket talker) {
        try (var client = talker.accept()) {
            client.getOutputStream().write("SSH-2.0-ROSSSH\r\n".getBytes(StandardCharsets.US_ASCII));
            var _ = client.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer done(String script) {
        var found = MARK.matcher(script);
        if (!found.find()) throw new IllegalStateException("no mark in " + script);
        return new Answer.Say(found.group(1) + "\r\n", 0);
    }

    private interface Console {
        Answer run(String script) throws InterruptedException;
    }

    private RestFront front(int port, Duration cutAfter) throws Exception {
        var users = new Users(dir.resolve("users.json"), "admin");
        for (var name : List.of("a", "b", "c")) users.put(name, PASSWORD, EnumSet.allOf(Policy.class));
        return RestFront.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                dir,
                cutAfter,
                new RestFront.Served(
                        (_, script) -> {
                            received.add(script);
                            return console.run(script);
                        },
                        new NoLines(),
                        Map.of(),
                        users));
    }

    /** Nothing but scripts is sent. */
    private record NoLines() implements Lines {
        @Override
        public Answer answer(Caller caller, String line, Work work) {
            throw new AssertionError(line);
        }

        @Override
        public void pause(Duration time) {
            throw new AssertionError(time);
        }
    }

    private RestConfig config(int port, String... users) {
        return new RestConfig(List.of(users), "127.0.0.1", port, passwordFile, pinned());
    }

    private Fingerprint pinned() {
        return Fingerprint.parse(front.fingerprint());
    }

    private Reply run() {
        return run(SCRIPT, PLENTY);
    }

    private Reply run(Script script, Duration within) {
        return run(routerOs, script, within);
    }

    private static Reply run(RouterOs way, Script script, Duration within) {
        return way.run(script, Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static void assertCouldNotAsk(Reply reply, String why, Fate fate) {
        assertThat(reply).isInstanceOfSatisfying(CouldNotAsk.class, it -> {
            assertThat(it.why()).contains(why);
            assertThat(it.fate()).isEqualTo(fate);
            assertThat(it.tried()).matches("rest [abc,]+@127\\.0\\.0\\.1:\\d+");
        });
    }
}
