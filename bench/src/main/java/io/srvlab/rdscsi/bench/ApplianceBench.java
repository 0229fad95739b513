package io.srvlab.rdscsi.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.SharedReads;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.routeros.SshConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What a command line costs on its way to a simulated appliance, which is a process of its own, over SSH.
 *
 * <p>Arguments: the launcher, an empty directory, how many samples.
 */
final class ApplianceBench {
    private static final int CALLERS = 1000;
    private static final int FEW = 10;
    private static final int MANY = 10_000;
    private static final Script VERSION = Script.of(Command.get("/system/resource", "version"));

    private final Path launcher;
    private final Path directory;
    private final int samples;

    private ApplianceBench(Path launcher, Path directory, int samples) {
        this.launcher = launcher;
        this.directory = directory;
        this.samples = samples;
    }

    public static void main(String[] arguments) throws Exception {
        var bench = new ApplianceBench(Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        row("", "p50", "p95", "");
        row("---", "---", "---", "---");
        for (int millis : new int[] {0, 50, 150}) bench.oneExec(millis);
        bench.manyCallers();
        bench.largeAppliance();
    }

    private Rds rds(String name, int millis, int disks) throws IOException {
        return new Rds(launcher, directory.resolve(name), Duration.ofMillis(millis), disks);
    }

    private void oneExec(int millis) throws IOException {
        try (var rds = rds("exec-" + millis, millis, 0);
                var routerOs = open(rds)) {
            var times = times(routerOs, VERSION);
            row("one exec, appliance of %d ms a command line".formatted(millis), times, samples + " runs");
        }
    }

    /** All at once, and all ask the same. */
    private void manyCallers() throws Exception {
        try (var rds = rds("callers", 50, FEW);
                var routerOs = new SharedReads(open(rds))) {
            var script = filteredRead();
            run(routerOs, script);
            long before = rds.commandLines();
            var each = new Times();
            var all = new Times();
            all.of(() -> everybody(routerOs, script, each));
            row(
                    "%d callers at once ask the same read, 50 ms a command line".formatted(CALLERS),
                    each,
                    "%d command lines, %s in all".formatted(rds.commandLines() - before, millis(all.p50())));
        }
    }

    private static void everybody(RouterOs routerOs, Script script, Times each) {
        try {
            Bench.each(CALLERS, _ -> each.of(() -> run(routerOs, script)));
        } catch (Exception e) {
            throw new IllegalStateException("a caller failed", e);
        }
    }

    /** By turns, so that whatever else the machine does meets both. */
    private void largeAppliance() throws IOException {
        try (var few = rds("few", 50, FEW);
                var many = rds("many", 50, MANY);
                var toFew = open(few);
                var toMany = open(many)) {
            var script = filteredRead();
            var timesOfFew = new Times();
            var timesOfMany = new Times();
            for (int i = 0; i < 2 * samples; i++) {
                var warm = i >= samples;
                (warm ? timesOfFew : new Times()).of(() -> run(toFew, script));
                (warm ? timesOfMany : new Times()).of(() -> run(toMany, script));
            }
            row(
                    "one filtered read beside %d disks, 50 ms a command line".formatted(FEW),
                    timesOfFew,
                    samples + " runs");
            row(
                    "one filtered read beside %d disks, 50 ms a command line".formatted(MANY),
                    timesOfMany,
                    String.format(Locale.ROOT, "%.2f times that beside %d", timesOfMany.p50() / timesOfFew.p50(), FEW));
        }
    }

    private static Script filteredRead() {
        return Script.of(Command.printJson("/disk", Filter.is("slot", "pre-00005")));
    }

    private Times times(RouterOs routerOs, Script script) {
        for (int i = 0; i < samples / 2; i++) run(routerOs, script);
        var times = new Times();
        for (int i = 0; i < samples; i++) times.of(() -> run(routerOs, script));
        return times;
    }

    private static void run(RouterOs routerOs, Script script) {
        var reply = routerOs.run(script, Deadline.after(60, SECONDS));
        if (!(reply instanceof Reply.Done)) throw new IllegalStateException(reply.toString());
    }

    private static RouterOs open(Rds rds) {
        return Ssh.open(SshConfig.parse(rds.address(), rds.identity(), rds.hostKey()));
    }

    private static void row(String what, Times times, String remark) {
        row(what, millis(times.p50()), millis(times.p95()), remark);
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.1f ms", millis);
    }

    private static void row(String... cells) {
        System.out.println("| " + String.join(" | ", cells) + " |");
    }
}
