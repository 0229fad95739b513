package io.srvlab.rdscsi.probe;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.SimulatedSsh;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.ExitStatuses;
import io.srvlab.rdscsi.routeros.Fingerprint;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.Rest;
import io.srvlab.rdscsi.routeros.RestConfig;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Rows;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A simulator with a data path, for probes over real SSH and NVMe/TCP. */
final class ProbedRds implements AutoCloseable {
    private final Simulator simulator;
    private final RouterOs operator;

    private ProbedRds(Simulator simulator) {
        this.simulator = simulator;
        this.operator = Ssh.open(SimulatedSsh.of(simulator));
    }

    static ProbedRds start(Path directory, UnaryOperator<SimulatorConfig> how) throws Exception {
        var config = SimulatorConfig.in(directory.resolve("rds"))
                .withNvme(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new ProbedRds(Simulator.start(how.apply(config)));
    }

    Simulator simulator() {
        return simulator;
    }

    BasePath base() {
        return new BasePath(simulator.basePath());
    }

    /** The probe's own, as {@code /file} writes it. */
    String directory() {
        return base().fileName() + "/rds-csi-probe";
    }

    RouterOs open() {
        return Ssh.open(SimulatedSsh.of(simulator));
    }

    Probe probing() {
        return probing(operator);
    }

    Probe probing(RouterOs way) {
        return probing(way, simulator.nvmeAddress().orElseThrow());
    }

    private Probe probing(RouterOs way, InetSocketAddress portal) {
        return new Probe(way, base(), portal, new Lanes(SimulatedSsh.of(simulator)), "test");
    }

    Report probe() throws Exception {
        return probe(simulator.nvmeAddress().orElseThrow());
    }

    Report probe(InetSocketAddress portal) throws Exception {
        return probing(operator, portal).run((_, _) -> {});
    }

    /** Asks these only, and waits less long for each answer. */
    Report ask(List<String> ids) throws Exception {
        var questions = Questions.all().stream()
                .filter(question -> ids.contains(question.id()))
                .toList();
        var portal = new Portal(simulator.nvmeAddress().orElseThrow());
        var scratch =
                new Scratch(operator, base(), portal, new Lanes(SimulatedSsh.of(simulator)), Duration.ofSeconds(3));
        return new Probe(scratch, "test", questions).run((_, _) -> {});
    }

    /** The same over REST, as several users. */
    Report askOverRest(List<String> users, String id) throws Exception {
        simulator.serveRest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofSeconds(60));
        var front = simulator.rest().orElseThrow();
        var config = new RestConfig(
                users,
                front.address().getHostString(),
                front.address().getPort(),
                simulator.passwordFile(),
                Fingerprint.parse(front.fingerprint()));
        var question =
                Questions.all().stream().filter(each -> each.id().equals(id)).toList();
        try (var rest = Rest.open(config)) {
            var portal = new Portal(simulator.nvmeAddress().orElseThrow());
            var scratch = new Scratch(rest, base(), portal, new Users(users.size()), Duration.ofSeconds(10));
            return new Probe(scratch, "test", question).run((_, _) -> {});
        }
    }

    Answer answer(Report report, String id) {
        return report.findings().stream()
                .filter(finding -> finding.id().equals(id))
                .map(Finding::answer)
                .findFirst()
                .orElseThrow();
    }

    /** All disk items, but for the pool whose free space moves, and the names of all files. */
    List<String> everything() {
        var disks = Rows.parse(run(Command.printJson("/disk")).getLast()).stream()
                .filter(row -> !row.text("type").orElse("").equals("raid"))
                .map(Object::toString);
        var files = Rows.parse(run(Command.printJson("/file")).getLast()).stream()
                .map(row -> row.text("name").orElseThrow());
        return Stream.concat(disks, files).toList();
    }

    List<Exec> commands() {
        return simulator.commands();
    }

    List<String> run(Command... commands) {
        return switch (operator.run(Script.of(commands), Deadline.after(20, SECONDS))) {
            case Reply.Done(var lines) -> lines;
            case Reply other -> throw new AssertionError(other);
        };
    }

    SequencedMap<String, String> scratchDisk(String slot, String file) {
        return disk(slot, "/" + directory() + "/" + file);
    }

    SequencedMap<String, String> disk(String slot, String path) {
        return ScratchDisk.properties("type", "file", "slot", slot, "file-path", path, "file-size", "1048576");
    }

    @Override
    public void close() throws IOException {
        operator.close();
        simulator.close();
    }

    private record Users(int users) implements Crowd {
        @Override
        public int sessions() {
            return users;
        }

        @Override
        public List<Integer> exitStatuses(Command failing, int times) {
            return List.of();
        }
    }

    private record Lanes(SshConfig config) implements Crowd {
        @Override
        public int sessions() {
            return config.sessions();
        }

        @Override
        public int users() {
            return 1;
        }

        @Override
        public List<Integer> exitStatuses(Command failing, int times) throws InterruptedException {
            return ExitStatuses.of(config, Script.of(failing), times, Deadline.after(20, SECONDS));
        }
    }
}
