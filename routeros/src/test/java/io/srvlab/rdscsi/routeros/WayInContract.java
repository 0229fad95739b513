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
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every way in promises, shown against the appliance's own language and menus, from end to end. Whatever an appliance's
 * caller may rely on stands here, and nowhere for one way in alone.
 */
@Timeout(60)
abstract class WayInContract {
    static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Filter SLOT = Filter.is("slot", "pvc-1");

    @TempDir
    static Path kept;

    @TempDir
    Path dir;

    private final ServedWay way;
    private Simulator simulator;
    private RouterOs routerOs;

    WayInContract(ServedWay way) {
        this.way = way;
    }

    @BeforeEach
    void start() throws Exception {
        KeptKeys.lend(kept, dir);
        // More at once than the client is to use would hang, as a device does.
        simulator = way.start(SimulatorConfig.in(dir).withSessionsMax(SshConfig.SESSIONS));
        KeptKeys.keep(dir, kept);
        routerOs = way.open(simulator);
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

    @Test
    void every_text_of_printable_ascii_arrives_as_it_was_and_comes_back_as_it_was() {
        var hostile = List.of(
                "\" ; /disk/remove [find] ; :put \"",
                "$slot $[/disk/remove [find]] \\$x",
                "a\\",
                "\\\"",
                "?/x=~!&|#{}()<>'`%,;:*+-_^.@",
                " # \\n \\r \\t ",
                "[:put 1]",
                "*1A",
                "10.0.0.1",
                "yes",
                "0123",
                "rds-csi-end-0123456789abcdef");
        for (var text : hostile) {
            assertThat(run(Script.of(
                            Command.ifNone("/disk", SLOT, make("pvc-1", "1048576")),
                            Command.set("/disk", SLOT, properties("comment", text)))))
                    .isInstanceOf(Done.class);
            var found = SLOT.and(Filter.is("comment", text));
            assertThat(rows(Script.of(Command.printJson("/disk", found))))
                    .as(text)
                    .singleElement()
                    .satisfies(row -> assertThat(row.text("comment")).contains(text));
        }
    }

    @Test
    void a_grant_is_two_sets_of_one_script_each_guarded_and_read_back() {
        run(Script.of(make("pvc-1", "1048576")));
        var held = SLOT.and(Filter.is("comment", "held"));
        var grant = Script.of(
                Command.ifFewer(
                        "/disk",
                        Filter.matches("comment", "^held$"),
                        1,
                        List.of(
                                Command.set(
                                        "/disk",
                                        SLOT.and(Filter.matches("comment", "^rc1:")),
                                        properties("comment", "held", "nvme-tcp-server-allow-host-name", "nqn.a")),
                                Command.set("/disk", held, properties("nvme-tcp-export", "yes")))),
                Command.printJson("/disk", SLOT));
        for (int times = 0; times < 2; times++) {
            assertThat(rows(grant)).singleElement().satisfies(row -> {
                assertThat(row.flag("nvme-tcp-export")).contains(true);
                assertThat(row.text("comment")).contains("held");
                assertThat(row.text("nvme-tcp-server-allow-host-name")).contains("nqn.a");
            });
        }
    }

    @ParameterizedTest
    @MethodSource("errors")
    void what_the_appliance_says_against_a_script_is_a_value(String text, Class<? extends Reply> value) {
        simulator.onNext(_ -> true, new Fault.ErrorWithStatusZero(text + " (/disk/add; line 1)\n"));
        assertThat(run(Script.of(make("pvc-1", "1048576")))).isInstanceOf(value);
    }

    static List<Arguments> errors() {
        return List.of(
                Arguments.of("failure: already have such entry", Refused.class),
                Arguments.of("bad command name disks", Refused.class),
                Arguments.of("syntax error", Refused.class),
                Arguments.of("expected end of command", Refused.class),
                Arguments.of("input does not match any value of type", Refused.class),
                Arguments.of("Script Error: missing value(s) of argument(s) type", Refused.class),
                Arguments.of("a text that nobody has seen", Refused.class),
                Arguments.of("no such item", NotThere.class),
                Arguments.of("failure: not enough space", Full.class),
                Arguments.of("failure: device is busy", Busy.class),
                Arguments.of("not allowed (9)", NotAllowed.class),
                Arguments.of("failure: not enough permissions (9)", NotAllowed.class));
    }

    @Test
    void a_missing_policy_is_one_of_those_that_the_script_needs() {
        simulator.onNext(_ -> true, new Fault.ErrorWithStatusZero("not allowed (9)\n"));
        assertThat(run(Script.of(make("pvc-1", "1048576"))))
                .isEqualTo(new NotAllowed("not allowed (9)", new TreeSet<>(Set.of("read", "write")), way.grant()));
        simulator.onNext(_ -> true, new Fault.ErrorWithStatusZero("not allowed (9)\n"));
        assertThat(run(Script.of(Command.get("/system/resource", "version"))))
                .isEqualTo(new NotAllowed("not allowed (9)", new TreeSet<>(Set.of("read", "test")), way.grant()));
    }

    @Test
    void a_read_whose_answer_was_lost_is_asked_again_and_a_change_is_not() {
        run(Script.of(make("pvc-1", "1048576")));
        var before = simulator.commands().size();
        simulator.onNext(_ -> true, new Fault.DropAnswerAfterApplying());
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("1")));
        assertThat(simulator.commands()).hasSize(before + 2);
        simulator.onNext(_ -> true, new Fault.DropAnswerAfterApplying());
        assertCouldNotAsk(run(Script.of(Command.remove("/disk", SLOT))), Fate.UNKNOWN);
        assertThat(simulator.commands()).hasSize(before + 3);
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("0")));
    }

    @Test
    void a_read_that_is_lost_again_and_again_is_given_up() {
        for (int i = 0; i < 5; i++) simulator.onNext(_ -> true, new Fault.DropBeforeApplying());
        assertCouldNotAsk(run(Script.of(Command.count("/disk", SLOT))), Fate.UNKNOWN);
        assertThat(simulator.commands()).hasSize(3);
    }

    @Test
    void a_deadline_that_has_passed_or_is_too_near_for_a_change_sends_nothing() {
        assertCouldNotAsk(run(Script.of(Command.count("/disk", SLOT)), Duration.ofSeconds(-1)), Fate.NOT_SENT);
        assertCouldNotAsk(run(Script.of(make("pvc-1", "1048576")), Duration.ofMillis(1_900)), Fate.NOT_SENT);
        assertThat(simulator.commands()).isEmpty();
    }

    @Test
    void an_appliance_that_was_restarted_is_asked_over_a_new_connection() throws Exception {
        assertThat(run(Script.of(make("pvc-1", "1048576")))).isInstanceOf(Done.class);
        simulator.close();
        assertCouldNotAsk(run(Script.of(Command.count("/disk", SLOT))));
        simulator = way.start(SimulatorConfig.in(dir));
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("1")));
        assertThat(run(Script.of(Command.remove("/disk", SLOT)))).isInstanceOf(Done.class);
    }

    @Test
    void another_appliance_than_the_pinned_one_is_told_nothing() throws Exception {
        try (var other = way.openToAnother(simulator)) {
            var reply = run(other, Script.of(Command.count("/disk", SLOT)), PLENTY);
            assertCouldNotAsk(reply, Fate.NOT_SENT);
            assertThat(reply.toString()).contains("is pinned");
        }
        assertThat(simulator.commands()).isEmpty();
    }

    @Test
    void credentials_that_change_are_read_anew_without_a_restart() throws Exception {
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("0")));
        way.changeCredentials(simulator);
        simulator.onNext(_ -> true, new Fault.DropAnswerAfterApplying());
        assertThat(run(Script.of(Command.count("/disk", SLOT)))).isEqualTo(new Done(List.of("0")));
    }

    @Test
    void credentials_that_the_appliance_does_not_know_run_nothing_and_no_message_holds_them() throws Exception {
        var secrets = way.secrets(simulator);
        way.forgetCredentials(simulator);
        for (var script : List.of(Script.of(Command.count("/disk", SLOT)), Script.of(make("pvc-1", "1048576")))) {
            var reply = run(script);
            assertCouldNotAsk(reply, Fate.NOT_SENT);
            assertThat(reply.toString()).contains("the appliance refused").doesNotContain(secrets);
        }
        assertThat(simulator.commands()).isEmpty();
    }

    @Test
    void scripts_that_hang_hold_no_fencing() throws Exception {
        for (int i = 0; i < 3; i++) simulator.onNext(line -> line.contains("hangs"), new Fault.Stall(false));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                var script = Script.of(Command.remove("/disk", Filter.is("slot", "hangs")));
                Future<Reply> _ = threads.submit((Callable<Reply>) () -> run(script));
            }
            await(() -> simulator.commands().size() == 3);
            for (int i = 0; i < 5; i++) {
                assertThat(run(routerOs.fencing(), Script.of(Command.count("/disk", SLOT)), PLENTY))
                        .isEqualTo(new Done(List.of("0")));
            }
            assertThat(simulator.commands()).hasSize(8);
            routerOs.close();
        }
        assertThat(simulator.commands()).hasSize(8);
    }

    private static void await(BooleanSupplier met) {
        var deadline = Deadline.after(20, TimeUnit.SECONDS);
        while (!met.getAsBoolean()) {
            if (deadline.isExpired()) throw new AssertionError("not in time");
            LockSupport.parkNanos(1_000_000);
        }
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
        return run(routerOs, script, within);
    }

    private static Reply run(RouterOs way, Script script, Duration within) {
        return way.run(script, Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static void assertCouldNotAsk(Reply reply) {
        assertThat(reply).isInstanceOf(CouldNotAsk.class);
    }

    private static void assertCouldNotAsk(Reply reply, Fate fate) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        CouldNotAsk.class, it -> assertThat(it.fate()).isEqualTo(fate));
    }

    static SequencedMap<String, String> properties(String... namesAndValues) {
        var properties = new LinkedHashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) properties.put(namesAndValues[i], namesAndValues[i + 1]);
        return properties;
    }
}
