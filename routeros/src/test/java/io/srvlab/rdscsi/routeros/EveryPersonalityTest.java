package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.routeros.Reply.Refused;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.personality.Catalogue;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.PoolFull;
import io.srvlab.rdscsi.simulator.personality.Personality.RestCut;
import io.srvlab.rdscsi.simulator.personality.Personality.RoseStorageMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.SessionsHang;
import io.srvlab.rdscsi.simulator.personality.Place;
import io.srvlab.rdscsi.simulator.personality.When;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The part of the contract that holds whatever the appliance is like, over every way in and with every personality that a
 * simulator has: a reply is the truth about what the appliance did ({@link Witness}), a lane that hangs holds up nothing
 * but itself, and after a reboot all goes on. What an appliance that behaves as believed lets a caller rely on beyond that is
 * {@link WayInContract}.
 */
@Timeout(60)
class EveryPersonalityTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Filter SLOT = Filter.is("slot", "pvc-1");
    private static final Script READ = Script.of(Command.printJson("/disk", SLOT), Command.count("/disk", SLOT));

    @TempDir
    static Path kept;

    @TempDir
    Path dir;

    enum Way {
        SSH,
        REST;

        ServedWay served() {
            return switch (this) {
                case SSH -> new ServedSsh();
                case REST -> new ServedRest();
            };
        }
    }

    static Stream<Arguments> appliances() {
        return Stream.of(Way.values())
                .flatMap(way -> Catalogue.all().stream().map(personality -> Arguments.of(way, personality)));
    }

    @ParameterizedTest
    @MethodSource("appliances")
    void repliesAreTheTruthWhateverTheApplianceIsLike(Way way, Personality personality) throws Exception {
        try (var witness = witness(way, personality)) {
            life(witness, personality);
            manyAtOnce(witness, way, personality);
            whatGoesWrong(witness);
            lanesThatHang(witness);
            aReboot(witness);
        }
    }

    private Witness witness(Way way, Personality personality) throws Exception {
        var served = way.served();
        KeptKeys.lend(kept, dir);
        var simulator = served.start(SimulatorConfig.in(dir));
        KeptKeys.keep(dir, kept);
        // A cut that comes whenever the machine is slow would say nothing.
        var where = personality instanceof RestCut ? Place.line(":delay") : Place.ANYWHERE;
        simulator.become(personality, where, When.ALWAYS);
        return new Witness(simulator, served.open(simulator));
    }

    /** One step after another, each answered: with a success or a refusal, as the appliance says. */
    private static void life(Witness witness, Personality personality) {
        boolean noDisk = personality instanceof PoolFull || personality instanceof RoseStorageMissing;
        var made = witness.ask(Script.of(make(witness, "pvc-1"), Command.count("/disk", SLOT)), PLENTY);
        assertThat(made instanceof Done).as("%s", made).isEqualTo(!noDisk);
        for (var script : List.of(
                READ,
                Script.of(set(SLOT, "comment", "c".repeat(100)), Command.printJson("/disk", SLOT)),
                Script.of(set(SLOT, "nvme-tcp-export", "yes", "nvme-tcp-server-nqn", "nqn.x", "comment", "held")),
                Script.of(set(SLOT, "nvme-tcp-export", "no", "comment", "cut"), Command.printJson("/disk", SLOT)),
                Script.of(set(SLOT.and(Filter.is("comment", "another")), "nvme-tcp-export", "yes"), count()),
                Script.of(set(SLOT, "file-size", "2097152"), Command.printJson("/disk", SLOT)),
                Script.of(Command.monitorTraffic("pvc-1")),
                Script.of(Command.get("/system/resource", "version")),
                Script.of(set(SLOT, "colour", "red"), count()),
                Script.of(Command.get("/system/resource", "no-such-property")))) {
            assertThat(witness.ask(script, PLENTY)).as("%s", script).isNotInstanceOf(CouldNotAsk.class);
        }
        if (noDisk) return;
        var copies = List.of(make(witness, "pvc-2"), Command.copy("pvc-2", "pvc-1"));
        assertThat(witness.ask(new Script(copies), PLENTY)).isInstanceOf(Done.class);
        var back = Script.of(Command.copy("pvc-1", "pvc-2"));
        assertThat(witness.ask(back, PLENTY)).as("a disk into a smaller one").isInstanceOf(Refused.class);
        var gone = Script.of(Command.remove("/disk", Filter.is("slot", "pvc-2")));
        assertThat(witness.ask(gone, PLENTY)).isInstanceOf(Done.class);
    }

    /** As many command lines at once as the client ever sends, a fencing one among them. */
    private static void manyAtOnce(Witness witness, Way way, Personality personality) throws Exception {
        // A hung box is waited for in vain, so not for long.
        var within = Duration.ofSeconds(4);
        var replies = new ArrayList<Future<Reply>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                var pause = pause(100 + i);
                replies.add(threads.submit((Callable<Reply>) () -> witness.ask(pause, within)));
            }
            replies.add(threads.submit((Callable<Reply>) () -> witness.askFencing(pause(103), within)));
        }
        boolean lost = personality instanceof SessionsHang || (personality instanceof RestCut && way == Way.REST);
        for (var reply : replies) {
            if (lost) assertCouldNotAsk(reply.get());
            else assertThat(reply.get()).isInstanceOf(Done.class);
        }
        if (personality instanceof SessionsHang) witness.simulator().reboot();
    }

    /** A read is asked again, a change never: and what the appliance says against either is a refusal. */
    private static void whatGoesWrong(Witness witness) {
        var change = Script.of(set(SLOT, "comment", "changed"));
        for (var fault : List.of(new Fault.DropBeforeApplying(), new Fault.DropAnswerAfterApplying())) {
            witness.simulator().onNext(_ -> true, fault);
            assertThat(witness.ask(READ, PLENTY)).as("%s", fault).isNotInstanceOf(CouldNotAsk.class);
            witness.simulator().onNext(_ -> true, fault);
            assertCouldNotAsk(witness.ask(change, PLENTY));
        }
        for (var script : List.of(READ, change)) {
            witness.simulator().onNext(_ -> true, new Fault.ErrorWithStatusZero("failure: bad luck\n"));
            assertThat(witness.ask(script, PLENTY)).isEqualTo(new Refused("failure: bad luck"));
        }
    }

    /** Two of the three lanes that are not for fencing hang: fencing is answered meanwhile, and so is the next read. */
    private static void lanesThatHang(Witness witness) throws Exception {
        int since = witness.simulator().commands().size();
        for (int i = 0; i < 2; i++) witness.simulator().onNext(line -> line.contains("hangs"), new Fault.Stall(false));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = new ArrayList<Future<Reply>>();
            for (int i = 0; i < 2; i++) {
                var hanging = Script.of(Command.count("/disk", Filter.is("slot", "hangs-" + i)));
                replies.add(threads.submit((Callable<Reply>) () -> witness.ask(hanging, SHORT)));
            }
            witness.awaitCommands(since + 2);
            assertThat(witness.askFencing(READ, PLENTY)).isNotInstanceOf(CouldNotAsk.class);
            for (var reply : replies) assertCouldNotAsk(reply.get());
        }
        assertThat(witness.ask(READ, PLENTY)).isNotInstanceOf(CouldNotAsk.class);
    }

    private static void aReboot(Witness witness) {
        witness.simulator().reboot();
        assertThat(witness.ask(READ, PLENTY)).isNotInstanceOf(CouldNotAsk.class);
        assertThat(witness.ask(Script.of(set(SLOT, "comment", "after")), PLENTY))
                .isNotInstanceOf(CouldNotAsk.class);
    }

    private static Command make(Witness witness, String slot) {
        return Command.add(
                "/disk",
                WayInContract.properties(
                        "type",
                        "file",
                        "slot",
                        slot,
                        "file-path",
                        witness.simulator().basePath() + "/" + slot + ".img",
                        "file-size",
                        "1048576",
                        "mount-filesystem",
                        "no",
                        "comment",
                        "made"));
    }

    private static Command set(Filter where, String... properties) {
        return Command.set("/disk", where, WayInContract.properties(properties));
    }

    private static Command count() {
        return Command.count("/disk", SLOT);
    }

    private static void assertCouldNotAsk(Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(CouldNotAsk.class, it -> {
            assertThat(it.fate()).isEqualTo(Fate.UNKNOWN);
            assertThat(it.why()).isNotBlank();
        });
    }

    private static Script pause(int milliseconds) {
        return Script.of(Command.pause(Duration.ofMillis(milliseconds)));
    }
}
