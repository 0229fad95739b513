package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.volume.VolumeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may hold a volume: real controllers, real SSH, and an appliance whose own log is the witness. */
@ParameterizedClass
@EnumSource(World.Way.class)
class FenceTest {
    private final World.Way way;

    private World world;
    private String volume;

    FenceTest(World.Way way) {
        this.way = way;
    }

    @BeforeEach
    void startWithAVolume() throws Exception {
        world = World.start(way);
        volume = world.controller().create("db-0");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void aVolumeIsOnTheNetworkOnlyWhileItIsPublished() throws Exception {
        assertThat(world.exports()).isEmpty();
        var context = world.controller().publish(volume, "a");
        assertThat(world.exports()).containsExactly(context.get("nvme_nqn"));
        world.controller().unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
    }

    @Test
    void onlyTheHostItIsPublishedToIsAdmitted() {
        var context = world.controller().publish(volume, "a");
        var disk = world.disk(volume).orElseThrow();
        assertThat(disk.allowed())
                .isEqualTo(context.get("host_nqn"))
                .isEqualTo("nqn.2014-08.org.nvmexpress:uuid:" + context.get("host_id"));
    }

    @Test
    void everyAttachmentHasANameNeverUsedBefore() {
        var names = new HashSet<String>();
        for (int i = 0; i < 3; i++) {
            names.add(world.controller().publish(volume, "a").get("nvme_nqn"));
            world.controller().unpublish(volume, "a");
        }
        assertThat(names).hasSize(3).allMatch(name -> name.startsWith("nqn.2000-02.com.mikrotik:" + volume + "."));
    }

    @Test
    void publishIsOneReadAndOneLineUnpublishOneReadAndOneLine() throws Exception {
        var fresh = world.controller("a");
        var publish = world.commandsDuring(() -> fresh.publish(volume, "a"));
        assertThat(publish).hasSize(2);
        assertThat(publish.getFirst()).doesNotContain("/set", "/add", "/remove");
        assertThat(world.commandsDuring(() -> world.controller().publish(volume, "a")))
                .as("the same again is a read")
                .hasSize(1);
        // What the drain asks comes behind the answer.
        var unpublish = world.commandsDuring(() -> world.controller().unpublish(volume, "a")).stream()
                .filter(line -> !line.contains("monitor-traffic"))
                .filter(line -> !(line.contains(":f:w:") && line.contains(":x:w:")))
                .toList();
        assertThat(unpublish).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void theExportIsSwitchedOnByASetThatChangesNothingElseAndOffWhileTheListChanges() {
        var line = world.commandsDuring(() -> world.controller().publish(volume, "a"))
                .getLast();
        var sets = Stream.of(line.split("; ", -1))
                .filter(step -> step.contains("/set"))
                .toList();
        assertThat(sets).hasSize(2);
        assertThat(sets.get(0))
                .contains("nvme-tcp-export=\"no\"", "nvme-tcp-server-allow-host-name=", "nvme-tcp-server-nqn=");
        assertThat(sets.get(1)).matches("/disk/set \\[find where .*] nvme-tcp-export=\"yes\" }");
    }

    @Test
    void theSameNodeAgainGetsTheSameContextByteForByte() {
        var first = world.controller().publish(volume, "a");
        assertThat(world.controller().publish(volume, "a")).isEqualTo(first);
        assertThat(first)
                .containsOnlyKeys("nvme_address", "nvme_port", "nvme_nqn", "fs_type", "host_nqn", "host_id", "claim")
                .containsEntry("nvme_address", "192.0.2.1")
                .containsEntry("nvme_port", "4420")
                .containsEntry("fs_type", "ext4");
    }

    @Test
    void anotherNodeIsRefusedAndToldWhoHoldsTheVolumeAndWhatToDo() throws Exception {
        var context = world.controller().publish(volume, "a");
        var refused = statusOf(() -> world.controller().publish(volume, "b"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription())
                .contains("Volume db-0 is attached to a, cannot attach to b")
                .contains("out-of-service");
        assertThat(world.exports()).as("and the holder noticed nothing").containsExactly(context.get("nvme_nqn"));
    }

    @Test
    void aNodeThatDoesNotExistIsNotFound() {
        assertThat(statusOf(() -> world.controller().publish(volume, "nobody")).getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(statusOf(() -> world.controller().publish(volume, "Not A Node!"))
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aHolderThatIsGoneIsCutBeforeTheNextNodeIsLetIn() throws Exception {
        var old = world.controller().publish(volume, "a");
        var later = world.controller("b", "c");
        var lines = world.commandsDuring(() -> later.publish(volume, "b"));
        var cut = indexOf(lines, ":x:w:");
        var grant = indexOf(lines, "nvme-tcp-server-allow-host-name=");
        assertThat(cut).isGreaterThanOrEqualTo(0).isLessThan(grant);
        assertThat(lines.subList(cut, grant)).as("the drain").anyMatch(line -> line.contains("monitor-traffic"));
        assertThat(world.exports()).hasSize(1).doesNotContain(old.get("nvme_nqn"));
    }

    @Test
    void cutIsNotDrainedAndNobodyIsLetInWhileOperationsAreInFlight() {
        world.controller().publish(volume, "a");
        world.rds().inFlight(volume, 1);
        world.controller().unpublish(volume, "a");
        var call = world.controller().stub().withDeadlineAfter(3, SECONDS);
        var refused = statusOf(() -> call.controllerPublishVolume(
                World.Caller.publication(volume, "b").build()));
        assertThat(refused.getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.CUT);
        world.rds().inFlight(volume, 0);
        assertThat(statusOf(() -> world.controller().publish(volume, "b"))).isEqualTo(Status.OK);
    }

    @Test
    void unpublishOfWhatIsNotAttachedOrGoneIsOk() {
        assertThat(statusOf(() -> world.controller().unpublish(volume, "a"))).isEqualTo(Status.OK);
        assertThat(statusOf(() -> world.controller().unpublish(volume, "nobody")))
                .isEqualTo(Status.OK);
        assertThat(statusOf(() -> world.controller().unpublish("no-such-volume", "a")))
                .isEqualTo(Status.OK);
        assertThat(statusOf(() -> world.controller().unpublish("not a volume id!", "a")))
                .isEqualTo(Status.OK);
    }

    @Test
    void unpublishFromANodeThatDoesNotHoldItLeavesTheHolderAlone() throws Exception {
        var context = world.controller().publish(volume, "a");
        var lines = world.commandsDuring(() -> world.controller().unpublish(volume, "b"));
        assertThat(lines).hasSize(1);
        assertThat(world.exports()).containsExactly(context.get("nvme_nqn"));
    }

    @Test
    void unpublishWithoutANodeTakesItFromWhoeverHoldsIt() throws Exception {
        world.controller().publish(volume, "a");
        world.controller().unpublish(volume, "");
        assertThat(world.exports()).isEmpty();
    }

    @Test
    void unpublishNeedsNeitherTheNodeNorItsNodeObject() throws Exception {
        world.controller().publish(volume, "a");
        world.controller("b").unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
    }

    @Test
    void aCutThatIsNotShownIsAnErrorAndNeverOk() throws Exception {
        world.controller().publish(volume, "a");
        world.rds().onNext(line -> line.contains(":x:w:"), new Fault.ErrorWithStatusZero("failure: disk is busy\n"));
        assertThat(statusOf(() -> world.controller().unpublish(volume, "a")).isOk())
                .isFalse();
        assertThat(world.exports()).as("the node still has it").hasSize(1);
        assertThat(statusOf(() -> world.controller().unpublish(volume, "a"))).isEqualTo(Status.OK);
        assertThat(world.exports()).isEmpty();
    }

    /** Both have read "free"; the one whose line comes late must find that it is not any more. */
    @Test
    void aGrantThatComesLateFindsNothingToMatch() throws Exception {
        var first = world.controller("a", "b", "c");
        var second = world.controller("a", "b", "c");
        int since = world.rds().commands().size();
        world.rds().onNext(line -> line.contains("/set"), new Fault.Delay(Duration.ofSeconds(2)));
        var late = CompletableFuture.supplyAsync(() -> statusOf(() -> first.publish(volume, "a")));
        world.awaitCommand(since, "/disk/print");
        var held = second.publish(volume, "b");
        assertThat(late.get(30, SECONDS).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(world.exports()).containsExactly(held.get("nvme_nqn"));
        assertThat(world.disk(volume).orElseThrow().allowed()).isEqualTo(held.get("host_nqn"));
    }

    /** Nobody holds the volume when unpublish comes, but a grant of a process that died is still on its way. */
    @Test
    void aGrantThatComesAfterUnpublishAnsweredOkFindsNothingToMatch() throws Exception {
        int since = world.rds().commands().size();
        world.rds().onNext(line -> line.contains("/set"), new Fault.Delay(Duration.ofSeconds(5)));
        var dying = world.controller().stub().withDeadlineAfter(3, SECONDS);
        assertThat(statusOf(() -> dying.controllerPublishVolume(
                                World.Caller.publication(volume, "a").build()))
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
        world.controller().unpublish(volume, "a");
        world.awaitCommand(since, "nvme-tcp-server-allow-host-name=");
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.FREE);
    }

    @Test
    void aCutThatMatchesNothingBecauseTheRecordChangedMeanwhileIsMadeAnew() throws Exception {
        world.controller().publish(volume, "a");
        int since = world.rds().commands().size();
        world.rds().onNext(line -> line.contains(":x:w:"), new Fault.Delay(Duration.ofSeconds(2)));
        var unpublish = CompletableFuture.supplyAsync(
                () -> statusOf(() -> world.controller().unpublish(volume, "a")));
        world.awaitCommand(since, "/disk/print");
        var record = world.ledger(volume).format(new VolumeId(volume));
        world.byHand(
                Command.set("/disk", Filter.is("slot", volume), Map.of("comment", record + " a note of the operator")));
        assertThat(unpublish.get(30, SECONDS)).isEqualTo(Status.OK);
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).note()).isEqualTo("a note of the operator");
    }

    /** An appliance that takes the comment and leaves the door open has cut nobody, whatever its record says. */
    @Test
    void aCutThatIsRecordedWhileTheExportStaysOnIsNotOk() throws Exception {
        world.controller().publish(volume, "a");
        // In an answer that shows a cut, the export is still on.
        UnaryOperator<String> stillOn = line ->
                line.contains(":x:w:") ? line.replace("\"nvme-tcp-export\":false", "\"nvme-tcp-export\":true") : line;
        var deaf = world.controller(new Retold(world.wayIn(), stillOn), World.CLUSTER, 64, "a", "b");
        assertThat(statusOf(() -> deaf.unpublish(volume, "a")).getCode()).isEqualTo(Status.Code.INTERNAL);
    }

    /** RouterOS' own windows take any text as a comment; a command cannot spell it. */
    @Test
    void aNoteBeyondAsciiKeepsNobodyFromBeingCut() throws Exception {
        world.controller().publish(volume, "a");
        var record = world.ledger(volume).format(new VolumeId(volume));
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("comment", record + " for Mueller")));
        var real = world.wayIn();
        var seen = world.controller(
                new Retold(real, line -> line.replace("Mueller", "M\u00fcller")), World.CLUSTER, 64, "a", "b");
        seen.unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).note()).isEqualTo("for M?ller");
    }

    /** The real way in, whose answers come changed. */
    private record Retold(RouterOs real, UnaryOperator<String> change) implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            var reply = real.run(script, deadline);
            return reply instanceof Reply.Done(var lines)
                    ? new Reply.Done(lines.stream().map(change).toList())
                    : reply;
        }

        @Override
        public RouterOs fencing() {
            return new Retold(real.fencing(), change);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @Test
    void aGrantWhoseAnswerIsLostIsReadAndNeverSentAgain() throws Exception {
        world.rds().onNext(line -> line.contains("/set"), new Fault.DropAnswerAfterApplying());
        var contexts = new ArrayList<Map<String, String>>();
        var lines = world.commandsDuring(() -> contexts.add(world.controller().publish(volume, "a")));
        assertThat(lines.stream().filter(line -> line.contains("/set"))).hasSize(1);
        assertThat(world.exports()).containsExactly(contexts.getFirst().get("nvme_nqn"));
    }

    @Test
    void aGrantThatStoppedBetweenItsTwoSetsIsFinishedUnderTheSameClaim() throws Exception {
        var context = world.controller().publish(volume, "a");
        // What a controller leaves that dies between "prepared" and "switched on".
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("nvme-tcp-export", "no")));
        assertThat(world.controller("a", "b").publish(volume, "a")).isEqualTo(context);
        assertThat(world.exports()).containsExactly(context.get("nvme_nqn"));
    }

    @Test
    void anItemWhosePartsDoNotFitTogetherIsCutBeforeAnyGrant() {
        var torn = world.controller().publish(volume, "a");
        world.byHand(Command.set(
                "/disk",
                Filter.is("slot", volume),
                Map.of("nvme-tcp-server-allow-host-name", "nqn.2014-08.org.example:x")));
        var lines = new ArrayList<String>();
        var again = new ArrayList<Map<String, String>>();
        lines.addAll(world.commandsDuring(() -> again.add(world.controller().publish(volume, "a"))));
        assertThat(indexOf(lines, ":x:w:")).isBetween(0, indexOf(lines, "allow-host-name=") - 1);
        assertThat(again.getFirst().get("claim")).isNotEqualTo(torn.get("claim"));
    }

    @Test
    void anExportThatSomebodySwitchedOnByHandIsCutBeforeAnyGrant() throws Exception {
        var fresh = world.controller("a");
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("nvme-tcp-export", "yes")));
        var lines = world.commandsDuring(() -> fresh.publish(volume, "a"));
        assertThat(indexOf(lines, ":x:w:")).isBetween(0, indexOf(lines, "allow-host-name=") - 1);
    }

    /** The record is as last seen, so the grant is tried at once: who came in by hand is cut and drained all the same. */
    @Test
    void aGrantThatMeetsADoorOpenedByHandIsCutAndMadeAnew() throws Exception {
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("nvme-tcp-export", "yes")));
        var contexts = new ArrayList<Map<String, String>>();
        var lines = world.commandsDuring(() -> contexts.add(world.controller().publish(volume, "a")));
        var cut = indexOf(lines, ":x:w:");
        assertThat(cut).isPositive();
        var named = world.disk(volume).orElseThrow().subsystem();
        assertThat(contexts.getFirst()).containsEntry("nvme_nqn", named);
        assertThat(lines.subList(0, cut + 1))
                .as("no name of before the cut is used")
                .noneMatch(line -> line.contains(named));
        assertThat(lines.subList(cut, lines.size())).as("the drain").anyMatch(line -> line.contains("monitor-traffic"));
        assertThat(world.exports()).containsExactly(named);
    }

    @Test
    void aRecordThatCannotBeReadLetsNobodyInAndCanBeClosed() throws Exception {
        world.controller().publish(volume, "a");
        var record = world.ledger(volume).format(new VolumeId(volume));
        world.byHand(Command.set(
                "/disk", Filter.is("slot", volume), Map.of("comment", record.substring(0, record.length() - 3))));
        var refused = statusOf(() -> world.controller().publish(volume, "a"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("unreadable");
        assertThat(world.exports()).hasSize(1);
        world.controller().unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
        assertThat(statusOf(() -> world.controller().delete(volume)).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void anotherClustersHolderIsNeverTakenOverNorCut() throws Exception {
        var context = world.controller().publish(volume, "a");
        var other = world.controller("other-cluster", 64, "b");
        assertThat(statusOf(() -> other.publish(volume, "b")).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(statusOf(() -> other.unpublish(volume, ""))).isEqualTo(Status.OK);
        assertThat(statusOf(() -> other.delete(volume)).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(world.exports()).containsExactly(context.get("nvme_nqn"));
    }

    @Test
    void anotherClustersFreeVolumeIsNotAttachedEither() throws Exception {
        var other = world.controller("other-cluster", 64, "b");
        var before = world.disk(volume);
        assertThat(statusOf(() -> other.publish(volume, "b")).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(statusOf(() -> other.unpublish(volume, "b"))).isEqualTo(Status.OK);
        assertThat(world.disk(volume)).isEqualTo(before);
    }

    /** A counter that has said "1 in flight" is not forgotten because the next question is refused. */
    @Test
    void aRefusedLookAtTheCountersIsNotTakenForZero() {
        world.controller().publish(volume, "a");
        world.rds().inFlight(volume, 1);
        int since = world.rds().commands().size();
        world.controller().unpublish(volume, "a");
        world.awaitCommand(since, "monitor-traffic");
        int second = world.rds().commands().size();
        world.rds().onNext(line -> line.contains("monitor-traffic"), new Fault.ErrorWithStatusZero("interrupted\n"));
        world.awaitCommand(second, "monitor-traffic");
        var call = world.controller().stub().withDeadlineAfter(3, SECONDS);
        assertThat(statusOf(() -> call.controllerPublishVolume(
                                World.Caller.publication(volume, "b").build()))
                        .isOk())
                .isFalse();
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.CUT);
    }

    @Test
    void aRequestThatCannotBeAnsweredAttachesNothing() throws Exception {
        var request = World.Caller.publication(volume, "a");
        for (var wrong :
                List.of(Map.of("nvmePort", "abc"), Map.of("nvmeAddress", "10.0.0.1,x"), Map.of("fsType", "ntfs"))) {
            var call = request.clone().putAllVolumeContext(wrong);
            call.getVolumeCapabilityBuilder().getMountBuilder().clearFsType();
            assertThat(statusOf(() -> world.controller().stub().controllerPublishVolume(call.build()))
                            .getCode())
                    .as(wrong.toString())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(world.exports()).isEmpty();
        assertThat(world.ledger(volume).state()).isEqualTo(Ledger.State.FREE);
    }

    @Test
    void aRecordOfALaterVersionIsNeitherGrantedNorCut() throws Exception {
        world.controller().publish(volume, "a");
        var record = world.ledger(volume).format(new VolumeId(volume));
        var body = record.replace(":h:w:", ":z:w:").substring(0, record.lastIndexOf(':'));
        var crc = new CRC32();
        crc.update((body + ":" + volume).getBytes(StandardCharsets.US_ASCII));
        var later = body + ":" + HexFormat.of().toHexDigits((int) crc.getValue());
        world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("comment", later)));
        assertThat(statusOf(() -> world.controller().publish(volume, "a")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        var refused = statusOf(() -> world.controller().unpublish(volume, "a"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("later version");
        assertThat(world.exports()).hasSize(1);
    }

    @Test
    void aNodeHoldsNoMoreVolumesThanItMay() throws Exception {
        var strict = world.controller(World.CLUSTER, 1, "a", "b");
        var second = strict.create("db-1");
        strict.publish(volume, "a");
        var refused = statusOf(() -> strict.publish(second, "a"));
        assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getDescription()).contains("db-1", "a", "1");
        assertThat(statusOf(() -> strict.publish(volume, "a")))
                .as("what it holds already")
                .isEqualTo(Status.OK);
        assertThat(statusOf(() -> strict.publish(second, "b"))).isEqualTo(Status.OK);
    }

    /**
     * Whether an appliance evaluates a command line as one step is not known, so both are tried. Where others come between find
     * and set, a guard is none: a grant that was held up there may take the volume from the one that was answered OK meanwhile, or
     * both may find that the other wrote. At no time are two let in.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoControllersAtOnceNeverAdmitTwoHosts(boolean wholeLines) throws Exception {
        try (var contested = World.start(way, wholeLines)) {
            contested.controller().create(volume);
            var second = contested.controller("a", "b", "c");
            for (int round = 0; round < 10; round++) {
                var calls = List.<Callable<Status>>of(
                        () -> statusOf(() -> contested.controller().publish(volume, "a")),
                        () -> statusOf(() -> second.publish(volume, "b")));
                List<Status> ends = new ArrayList<>();
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (var end : threads.invokeAll(calls)) ends.add(end.get());
                }
                var winners = ends.stream().filter(Status::isOk).count();
                assertThat(winners)
                        .as("round %d: %s", round, ends)
                        .isBetween(wholeLines ? 1L : 0L, wholeLines ? 1L : 2L);
                assertThat(contested.exports()).hasSizeBetween(winners == 0 ? 0 : 1, 1);
                assertThat(contested.disk(volume).orElseThrow().allowed()).doesNotContain(",");
                contested.controller().unpublish(volume, "");
                assertThat(contested.exports()).isEmpty();
            }
        }
    }

    @Test
    void aNewControllerFindsEverythingOnTheAppliance() throws Exception {
        var context = world.controller().publish(volume, "a");
        var fresh = world.controller("a", "b");
        assertThat(fresh.publish(volume, "a")).isEqualTo(context);
        assertThat(statusOf(() -> fresh.publish(volume, "b")).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        fresh.unpublish(volume, "a");
        assertThat(world.exports()).isEmpty();
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains(part)) return i;
        return -1;
    }
}
