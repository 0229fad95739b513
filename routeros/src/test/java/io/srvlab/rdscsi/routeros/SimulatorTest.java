package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.routeros.Reply.Full;
import io.srvlab.rdscsi.routeros.Reply.NotThere;
import io.srvlab.rdscsi.routeros.Reply.Refused;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the appliance's own language and menus make of what is sent, over SSH from end to end. */
@Timeout(60)
class SimulatorTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Filter SLOT = Filter.is("slot", "pvc-1");

    @TempDir
    static Path kept;

    @TempDir
    Path dir;

    private Simulator simulator;
    private RouterOs routerOs;

    @BeforeEach
    void start() throws Exception {
        // One host key for all: making one takes longer than most tests.
        var hostKey = kept.resolve("host_key");
        if (Files.exists(hostKey)) Files.copy(hostKey, dir.resolve("host_key"));
        // More at once than the client is to use would hang, as a device does.
        simulator = Simulator.start(SimulatorConfig.in(dir).withSessionsMax(SshConfig.SESSIONS));
        if (Files.notExists(hostKey)) Files.copy(dir.resolve("host_key"), hostKey);
        var address = simulator.sshAddress();
        routerOs = Ssh.open(SshConfig.parse(
                "ssh://%s@%s:%d"
                        .formatted(simulator.user(), address.getAddress().getHostAddress(), address.getPort()),
                simulator.clientKey(),
                simulator.hostKeyFingerprint()));
    }

    @AfterEach
    void stop() throws Exception {
        routerOs.close();
        simulator.close();
    }

    @Test
    void a_disk_that_was_made_is_read_back_with_its_types() {
        assertThat(run(Script.of(make("pvc-1", "1048576")))).isInstanceOf(Done.class);
        var rows = rows(Script.of(Command.printJson("/disk", SLOT)));
        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row.text("slot")).contains("pvc-1");
            assertThat(row.number("size")).hasValue(1_048_576);
            assertThat(row.flag("nvme-tcp-export")).contains(false);
            assertThat(row.text("comment")).contains("rc1:x a \"$comment\" of [all] sorts?");
        });
    }

    @Test
    void no_disk_is_no_rows_and_a_guard_sees_it() {
        assertThat(rows(Script.of(Command.printJson("/disk", SLOT)))).isEmpty();
        var script = Script.of(
                Command.ifNone("/disk", SLOT, make("pvc-1", "1048576")),
                Command.ifNone("/disk", SLOT, make("pvc-1", "1048576")),
                Command.count("/disk", SLOT));
        assertThat(run(script)).isEqualTo(new Done(List.of("1")));
    }

    @Test
    void a_set_that_matches_nothing_changes_nothing_and_is_no_error() {
        run(Script.of(make("pvc-1", "1048576")));
        var guarded = Command.set("/disk", SLOT.and(Filter.unset("comment")), properties("nvme-tcp-export", "yes"));
        assertThat(run(Script.of(guarded))).isEqualTo(new Done(List.of()));
        var row = rows(Script.of(Command.printJson("/disk", SLOT))).getFirst();
        assertThat(row.flag("nvme-tcp-export")).contains(false);
    }

    @Test
    void a_removed_disk_is_gone_and_its_file_is_removed_by_its_name() {
        run(Script.of(make("pvc-1", "1048576"), Command.remove("/disk", SLOT)));
        var file = Filter.is("name", path("pvc-1").substring(1));
        assertThat(run(Script.of(
                        Command.count("/disk", SLOT),
                        Command.count("/file", file),
                        Command.remove("/file", file),
                        Command.count("/file", file))))
                .isEqualTo(new Done(List.of("0", "1", "0")));
    }

    @Test
    void a_refusal_tells_why_and_what_came_before_it_took_effect() {
        var unknown = Command.set("/disk", SLOT, properties("colour", "red"));
        assertThat(run(Script.of(make("pvc-1", "1048576"), make("pvc-1", "1048576"), Command.count("/disk", SLOT))))
                .isInstanceOf(Refused.class);
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("1")));
        assertThat(run(Script.of(unknown))).isInstanceOf(Refused.class);
    }

    @Test
    void an_item_that_is_named_and_not_there_is_told_from_other_refusals() {
        assertThat(run(Script.of(Command.monitorTraffic("pvc-1")))).isInstanceOf(NotThere.class);
    }

    @Test
    void a_pool_without_room_is_full() {
        assertThat(run(Script.of(make("pvc-1", Long.toString(1L << 41))))).isInstanceOf(Full.class);
    }

    @Test
    void the_version_and_the_operations_in_flight_can_be_read() {
        run(Script.of(make("pvc-1", "1048576")));
        simulator.inFlight("pvc-1", 3);
        assertThat(run(Script.of(Command.get("/system/resource", "version"))))
                .isEqualTo(new Done(List.of("7.21.2 (stable)")));
        assertThat(run(Script.of(Command.monitorTraffic("pvc-1"))))
                .isInstanceOfSatisfying(
                        Done.class,
                        done -> assertThat(Traffic.parse(done.lines())).hasValue(new Traffic(3, true)));
    }

    @Test
    void an_answer_lost_after_the_script_took_effect_leaves_it_unknown_and_it_was_received_once() {
        simulator.onNext(text -> text.contains("/disk/add"), new Fault.DropAnswerAfterApplying());
        assertCouldNotAsk(run(Script.of(make("pvc-1", "1048576"))), Fate.UNKNOWN);
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("1")));
        assertThat(simulator.commands())
                .extracting(Exec::text)
                .filteredOn(it -> it.contains("/disk/add"))
                .hasSize(1);
    }

    @Test
    void a_connection_cut_before_the_script_took_effect_is_unknown_just_the_same() {
        simulator.onNext(_ -> true, new Fault.DropBeforeApplying());
        assertCouldNotAsk(run(Script.of(make("pvc-1", "1048576"))), Fate.UNKNOWN);
        assertThat(simulator.commands()).hasSize(1);
    }

    @Test
    void an_error_with_the_exit_status_of_a_success_is_an_error() {
        simulator.onNext(_ -> true, new Fault.ErrorWithStatusZero("failure: bad luck\n"));
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Refused("failure: bad luck"));
    }

    @Test
    void a_stall_ends_at_the_deadline_and_the_next_script_is_answered() {
        simulator.onNext(_ -> true, new Fault.Stall(true));
        assertCouldNotAsk(run(Script.of(make("pvc-1", "1048576")), Duration.ofMillis(2_700)), Fate.UNKNOWN);
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("1")));
    }

    @Test
    void many_callers_share_the_sessions_that_the_appliance_can_bear() throws Exception {
        var replies = new ArrayBlockingQueue<Reply>(64);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                var slot = "pvc-" + i;
                threads.execute(() -> replies.add(
                        run(Script.of(make(slot, "1048576"), Command.count("/disk", Filter.is("slot", slot))))));
            }
        }
        assertThat(replies).hasSize(64).containsOnly(new Done(List.of("1")));
    }

    private Command make(String slot, String bytes) {
        return Command.add(
                "/disk",
                properties(
                        "type",
                        "file",
                        "slot",
                        slot,
                        "file-path",
                        path(slot),
                        "file-size",
                        bytes,
                        "mount-filesystem",
                        "no",
                        "comment",
                        "rc1:x a \"$comment\" of [all] sorts?"));
    }

    private String path(String slot) {
        return simulator.basePath() + "/" + slot + ".img";
    }

    private List<Row> rows(Script script) {
        var reply = run(script);
        assertThat(reply).isInstanceOf(Done.class);
        return Rows.parse(((Done) reply).lines().getFirst());
    }

    private Reply run(Script script) {
        return run(script, PLENTY);
    }

    private Reply run(Script script, Duration within) {
        return routerOs.run(script, Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static void assertCouldNotAsk(Reply reply, Fate fate) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        CouldNotAsk.class, it -> assertThat(it.fate()).isEqualTo(fate));
    }

    private static SequencedMap<String, String> properties(String... namesAndValues) {
        var properties = new LinkedHashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) properties.put(namesAndValues[i], namesAndValues[i + 1]);
        return properties;
    }
}
