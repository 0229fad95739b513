package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.SimulatedSsh;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Rows;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.personality.Place;
import io.srvlab.rdscsi.simulator.personality.When;
import io.srvlab.rdscsi.volume.VolumeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names make a read smaller and never another: whatever an appliance makes of them. */
@Timeout(60)
class DiskReadsTest {
    private static final int DISKS = 10;
    private static final Filter ALL = Filter.matches("slot", "^pre-");
    private static final Filter ONE = Filter.is("slot", "pre-00001");

    @TempDir
    Path dir;

    private final AtomicReference<Optional<String>> version = new AtomicReference<>(Optional.of("7.21.2"));
    private final DiskReads reads = new DiskReads(version::get);
    private Simulator simulator;
    private RouterOs routerOs;
    private int begun;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start(SimulatorConfig.in(dir).withPreVolumes(DISKS));
        routerOs = Ssh.open(SimulatedSsh.of(simulator));
        set(Map.of("comment", "a record", "nvme-tcp-server-allow-host-name", "nqn.2014-08.org.nvmexpress:uuid:a"));
        begun = simulator.commands().size();
    }

    private void set(Map<String, String> properties) {
        assertThat(routerOs.run(Script.of(Command.set("/disk", ONE, properties)), within()))
                .isInstanceOf(Reply.Done.class);
    }

    @AfterEach
    void stop() throws Exception {
        routerOs.close();
        simulator.close();
    }

    @Test
    void namesAreTriedOnOneItemAndThenUsedForTheyGiveTheSameInFewerBytes() {
        var whole = listed();
        var first = read(routerOs);
        var second = read(routerOs);
        assertThat(second).isEqualTo(first);
        assertThat(listed()).hasSize(DISKS).isEqualTo(whole);
        assertThat(commands()).hasSize(4);
        assertThat(asked(0)).doesNotContain("proplist");
        assertThat(asked(1)).contains("detail", "proplist=");
        assertThat(asked(2)).contains("proplist=").doesNotContain("detail");
        assertThat(asked(3)).contains("proplist=").doesNotContain("detail");
        assertThat(printed(3)).isLessThan(printed(0) / 2);
    }

    @Test
    void noItemTellsNothingOfNames() {
        assertThat(reads.item(routerOs, Filter.is("slot", "nobody"), within()))
                .isEqualTo(new Reply.Done(List.of("[]")));
        read(routerOs);
        assertThat(asked(1)).contains("detail", "proplist=");
    }

    @Test
    void anApplianceThatRefusesNamesIsAskedWithout() {
        simulator.arm(
                new Fault.ErrorWithStatusZero("expected end of command (line 1 column 49)\n"),
                Place.line("proplist"),
                When.ALWAYS);
        for (int i = 0; i < 2; i++) assertThat(read(routerOs)).hasSize(1);
        assertThat(commands()).hasSize(3);
        assertThat(asked(1)).doesNotContain("proplist");
        assertThat(asked(2)).doesNotContain("proplist");
    }

    @Test
    void oneThatRefusesThemLaterIsAskedWithoutFromThenOn() {
        read(routerOs);
        simulator.onNext(
                line -> line.contains("proplist"),
                new Fault.ErrorWithStatusZero("input does not match any value of value-name\n"));
        for (int i = 0; i < 2; i++) assertThat(read(routerOs)).hasSize(1);
        assertThat(commands()).hasSize(4);
        assertThat(asked(3)).doesNotContain("proplist");
    }

    @Test
    void anyOtherRefusalIsOneOfTheRead() {
        simulator.onNext(_ -> true, new Fault.ErrorWithStatusZero("failure: bad luck\n"));
        assertThat(reads.item(routerOs, ONE, within())).isEqualTo(new Reply.Refused("failure: bad luck"));
        assertThat(commands()).hasSize(1);
    }

    @Test
    void anApplianceThatLeavesOutWhatWasNamedIsNotBelieved() {
        var forgetful = new Edited(routerOs, "\"nvme-tcp-server-nqn\":\"[^\"]*\",");
        assertThat(read(forgetful))
                .isEqualTo(read(routerOs))
                .allMatch(disk -> !disk.subsystem().isEmpty());
        assertThat(asked(1)).doesNotContain("proplist");
    }

    /** The item that is looked at first has none, so both ways say the same of it. */
    @Test
    void anApplianceThatLeavesOutTheCommentIsNotBelievedForAnItemWithoutOne() {
        var forgetful = new Edited(routerOs, ",?\"comment\":\"[^\"]*\"");
        set(Map.of("comment", ""));
        read(forgetful);
        set(Map.of("comment", "rc1:what-counts"));
        for (int i = 0; i < 2; i++) {
            assertThat(read(forgetful))
                    .extracting(disk -> disk.comment().toString())
                    .allMatch(comment -> comment.contains("what-counts"));
        }
        assertThat(commands().getLast().text()).doesNotContain("proplist");
    }

    @Test
    void anotherVersionIsAskedAnew() {
        read(routerOs);
        version.set(Optional.of("7.22"));
        read(routerOs);
        assertThat(asked(1)).contains("detail", "proplist=");
    }

    @Test
    void aCommandLineThatChangesSomethingNamesNothing() {
        var appliance = new Appliance(routerOs);
        var volume = new VolumeId("pre-00001");
        for (int i = 0; i < 2; i++) assertThat(appliance.disk(volume, within())).isPresent();
        appliance.change(volume, List.of(), within());
        appliance.cut(volume, List.of(), within());
        assertThat(commands().reversed().subList(0, 2))
                .extracting(Exec::text)
                .allMatch(line -> line.contains("/disk/print") && !line.contains("proplist"));
    }

    /** Leaves something out of the last line that is printed. */
    private record Edited(RouterOs real, String without) implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            var reply = real.run(script, deadline);
            if (!(reply instanceof Reply.Done(var lines)) || lines.size() < 2) return reply;
            return new Reply.Done(List.of(lines.getFirst(), lines.getLast().replaceAll(without, "")));
        }

        @Override
        public RouterOs fencing() {
            return this;
        }

        @Override
        public void close() {}
    }

    private List<Disk> read(RouterOs way) {
        return disks(reads.item(way, ONE, within()));
    }

    private List<Disk> listed() {
        return disks(reads.items(routerOs, ALL, within()));
    }

    private static List<Disk> disks(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Done.class);
        return Rows.parse(((Reply.Done) reply).lines().getFirst()).stream()
                .map(Disk::of)
                .toList();
    }

    private List<Exec> commands() {
        return simulator.commands().subList(begun, simulator.commands().size());
    }

    private String asked(int place) {
        return commands().get(place).text();
    }

    private int printed(int place) {
        return commands().get(place).output().length();
    }

    private static Deadline within() {
        return Deadline.after(20, SECONDS);
    }
}
