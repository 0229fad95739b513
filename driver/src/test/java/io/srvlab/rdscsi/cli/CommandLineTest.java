package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.proto.csi.v1.GetPluginInfoRequest;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as an operator meets it: exit status, messages, READY lines, signals. */
class CommandLineTest {
    private static final String NODE = "node --node-id n1 --transport loop --loop-dir /nowhere --endpoint ";
    private final List<Process> started = new ArrayList<>();
    private Path directory;

    @BeforeEach
    void makeDirectory() throws Exception {
        directory = Files.createTempDirectory("rds-cli");
    }

    @AfterEach
    void stop() throws Exception {
        for (var process : started) {
            process.destroyForcibly();
            assertThat(process.waitFor(10, SECONDS)).isTrue();
        }
        Directories.remove(directory);
    }

    /** What a command that ends by itself printed, and its exit status. */
    private record Ended(int status, String out, String err) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-such-command",
                "node",
                "node --no-such-option",
                NODE + "/not/a/url",
                NODE + "unix://relative",
                "node --node-id Not_A_Name --endpoint unix:///tmp/x.sock",
                "node --node-id n1 --transport loop --endpoint unix:///tmp/x.sock",
                "controller --endpoint unix:///tmp/x.sock",
                NODE + "unix:///tmp/x.sock --metrics 9808",
                NODE + "unix:///tmp/x.sock --metrics :9808",
                NODE + "unix:///tmp/x.sock --metrics 127.0.0.1:99999",
                "simulator",
                "simulator --state /tmp/x --latency soon",
                "simulator --state /tmp/x --latency -1s",
                "simulator --state /tmp/x --listen nowhere",
                "simulator --state /tmp/x --nvme kernel@nowhere",
            })
    void aCommandLineThatIsWrongIsExitStatus2(String line) {
        var ended = run(line);
        assertThat(ended.status()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).isNotBlank();
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aRuleThatIsNotUnderstoodIsRefusedWithItsFileAndLineBeforeAnythingServes() throws Exception {
        var rules = Files.writeString(directory.resolve("rules"), "pool-full\ncomment-truncated many\n");
        var ended = run("simulator --state %s --faults %s".formatted(directory.resolve("state"), rules));
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains(rules + ": line 2: not a number: many");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void aSocketPathThatIsTooLongIsRefusedWithItsLength() {
        var path = "/tmp/" + "x".repeat(103);
        var ended = run(NODE + "unix://" + path);
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("108 bytes", "107");
    }

    @Test
    void aMissingKeyFileIsAPreconditionNamedByExitStatus3() {
        var ended = run("volume list --appliance ssh://u@127.0.0.1:1 --identity " + directory
                + "/none --host-key SHA256:" + "A".repeat(43));
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains(directory + "/none");
    }

    @Test
    void helpNamesEveryOptionAndIsNoError() {
        var ended = run("controller --help");
        assertThat(ended.status()).isZero();
        assertThat(ended.out())
                .contains("--endpoint", "--appliance", "--identity", "--host-key", "--base-path", "--nvme-address")
                .contains("--nvme-port", "--driver-name", "--cluster", "--nodes", "--cluster-id", "--settle")
                .contains("--max-volumes-per-node", "--metrics");
    }

    @Test
    void optionsComeFromTheCommandLineThenTheEnvironmentThenTheFile() throws Exception {
        var file = directory.resolve("rds-csi.conf");
        Files.writeString(file, "driver-name=from.file\nnode-id=from-file\nmax-volumes=3\n");
        var arguments = new String[] {"node", "--config", file.toString(), "--node-id", "from-line"};
        var settings = Settings.of(arguments, Map.of("RDS_CSI_DRIVER_NAME", "from.environment"));
        var line = new picocli.CommandLine(new NodeCommand()).setDefaultValueProvider(settings);
        var options = line.getCommandSpec();
        assertThat(settings.defaultValue(options.findOption("--driver-name"))).isEqualTo("from.environment");
        assertThat(settings.defaultValue(options.findOption("--max-volumes"))).isEqualTo("3");
        assertThat(settings.defaultValue(options.findOption("--endpoint"))).isNull();
    }

    @Test
    void aServerSaysReadyOnceItServesAndStopsInGoodOrderOnSigterm() throws Exception {
        var socket = directory.resolve("n.sock");
        var node = process(NODE + "unix://" + socket);
        var ready = node.inputReader().readLine();
        assertThat(ready).isEqualTo("READY endpoint=unix://" + socket);
        assertThat(pluginName(socket)).isEqualTo("rds.csi.srvlab.io");
        node.destroy(); // SIGTERM
        assertThat(node.waitFor(10, SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketOfADeadProcessIsReplacedAndThatOfALiveOneIsAnError() throws Exception {
        var socket = directory.resolve("n.sock");
        var first = process(NODE + "unix://" + socket);
        assertThat(first.inputReader().readLine()).startsWith("READY");
        var second = process(NODE + "unix://" + socket);
        assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(3);
        assertThat(Files.readString(directory.resolve("1.log"))).contains("another process listens on " + socket);
        first.destroyForcibly(); // SIGKILL leaves the socket's file behind
        assertThat(first.waitFor(10, SECONDS)).isTrue();
        assertThat(socket).exists();
        var third = process(NODE + "unix://" + socket);
        assertThat(third.inputReader().readLine()).startsWith("READY");
        assertThat(pluginName(socket)).isEqualTo("rds.csi.srvlab.io");
    }

    @Test
    void aFileThatIsNoSocketIsNotRemoved() throws Exception {
        var precious = Files.writeString(directory.resolve("precious"), "data");
        var ended = run(NODE + "unix://" + precious);
        assertThat(ended.status()).isEqualTo(3);
        assertThat(precious).hasContent("data");
    }

    @Test
    void volumeListAndShowTellWhatIsAttachedWhereFromTheApplianceAlone() throws Exception {
        try (var world = World.start()) {
            world.controller().create("db-0");
            world.controller().create("db-1");
            var context = world.controller().publish("db-0", "a");
            var ssh = world.ssh();
            var way = " --appliance ssh://%s@%s:%d --identity %s --host-key %s"
                    .formatted(ssh.user(), ssh.host(), ssh.port(), ssh.identity(), ssh.hostKey());
            var list = run("volume list" + way);
            assertThat(list.status()).as(list.err()).isZero();
            assertThat(list.out().lines()).hasSize(3);
            assertThat(list.out().lines().skip(1).findFirst())
                    .hasValueSatisfying(line -> assertThat(line).matches("db-0 .* held +a +export on.*"));
            var file = directory.resolve("way.conf");
            Files.writeString(file, way.strip().replaceAll("--([a-z-]+) (\\S+)", "$1=$2\n"));
            assertThat(run("volume list --config " + file).out()).isEqualTo(list.out());
            var show = run("volume show db-0" + way);
            assertThat(show.out()).contains("held by  a", context.get("nvme_nqn"), context.get("host_nqn"), "rc1:");
            assertThat(run("volume show no-such" + way).status()).isEqualTo(3);
        }
    }

    private static Ended run(String line) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = RdsCsi.run(line.split(" +", -1), new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ended(status, out.toString(), err.toString());
    }

    private Process process(String line) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                RdsCsi.class.getName()));
        command.addAll(List.of(line.split(" +", -1)));
        var log = directory.resolve(started.size() + ".log");
        var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        started.add(process);
        return process;
    }

    private static String pluginName(Path socket) {
        try (var channel = new CsiChannel(Endpoint.parse("unix://" + socket))) {
            return IdentityGrpc.newBlockingStub(channel.channel())
                    .withDeadlineAfter(20, SECONDS)
                    .getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
                    .getName();
        }
    }
}
