package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.probe.Crowd;
import io.srvlab.rdscsi.probe.Page;
import io.srvlab.rdscsi.probe.Probe;
import io.srvlab.rdscsi.probe.ReportJson;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.ExitStatuses;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.SshConfig;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@picocli.CommandLine.Command(
        name = "probe",
        description = "Asks the appliance, from its console and from the data path, whether it behaves as the driver"
                + " believes. Works on scratch disks of its own, some 60 MiB at a time, and removes them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all well",
            "1:works with limits, which the report names; or the probe itself failed, standard error says at what",
            "2:not safe: something that the promise of one writer rests on is not so, or was not shown; or the command line"
                    + " is wrong",
            "3:something that must be there first is missing, standard error names it"
        })
final class ProbeCommand implements Callable<Integer> {
    private static final long EXIT_STATUS_SECONDS = 30;

    @Mixin
    ApplianceOptions appliance;

    @Mixin
    StorageOptions storage;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the report as JSON, for the controller's --probe-report.")
    @Nullable
    Path json;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    boolean dryRun;

    @Option(names = "--yes", description = "Do not ask before beginning.")
    boolean yes;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var out = spec.commandLine().getOut();
        var portal = storage.portal();
        checkWritable();
        try (var routerOs = appliance.open()) {
            var at = new InetSocketAddress(portal.address(), portal.port());
            var probe = new Probe(routerOs, storage.basePath, at, crowd(), RdsCsi.Version.text());
            out.println("This probe will work");
            probe.plan().forEach(line -> out.println("  " + line));
            if (dryRun) return 0;
            if (!yes) agree(out);
            var report = probe.run((finding, left) -> out.printf("[%2d left] %s%n", left, Page.line(finding)));
            if (json != null) Files.writeString(json, ReportJson.write(report));
            out.println();
            out.println(Page.of(report));
            return report.verdict().exitStatus();
        } catch (Probe.NotStarted e) {
            throw new Precondition(String.valueOf(e.getMessage()), e);
        }
    }

    /** Before anything is asked, rather than after minutes of asking. */
    private void checkWritable() throws Precondition {
        if (json == null) return;
        try {
            if (!Files.exists(json)) Files.delete(Files.createFile(json));
            else if (!Files.isWritable(json)) throw new IOException("it is there and not writable");
        } catch (IOException e) {
            throw new Precondition("The report cannot be written to " + json + ": " + e.getMessage(), e);
        }
    }

    private static void agree(PrintWriter out) throws Precondition {
        var terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> new Precondition("Nobody is there to agree to this: say --yes."));
        out.flush();
        if (!"yes".equals(terminal.readLine("Go on? (yes or no) "))) throw new Precondition("Not begun.");
    }

    private Crowd crowd() throws Precondition {
        return appliance.overRest() ? new OverRest(appliance.rest().users().size()) : new OverSsh(appliance.ssh());
    }

    /** @param sessions one for each user */
    private record OverRest(int sessions) implements Crowd {
        @Override
        public int users() {
            return sessions;
        }

        @Override
        public List<Integer> exitStatuses(Command failing, int times) {
            return List.of();
        }
    }

    private record OverSsh(SshConfig config) implements Crowd {
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
            return ExitStatuses.of(config, Script.of(failing), times, Deadline.after(EXIT_STATUS_SECONDS, SECONDS));
        }
    }
}
