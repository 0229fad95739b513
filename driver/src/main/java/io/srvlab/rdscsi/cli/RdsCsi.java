package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.volume.Failed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code rds-csi}: the one program, with a command for each part. */
@Command(
        name = "rds-csi",
        description = "Kubernetes CSI driver for MikroTik ROSE Data Server.",
        mixinStandardHelpOptions = true,
        versionProvider = RdsCsi.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:failed, standard error says at what",
            "2:the command line is wrong",
            "3:something that must be there first is missing, standard error names it"
        },
        footer = {
            "",
            "Every option also comes from an environment variable (--base-path: RDS_CSI_BASE_PATH) and from the file"
                    + " that",
            "--config or RDS_CSI_CONFIG names, a line each: base-path=/pool/dir. The command line wins, then the"
                    + " variable."
        })
public final class RdsCsi {
    /** Read by {@link Settings} before all others, since they may come from it. */
    @Option(
            names = "--config",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Options from a file, a line each: name=value.")
    @Nullable
    Path config;

    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            SimulatorCommand.class,
            ControllerCommand.class,
            NodeCommand.class,
            ProbeCommand.class,
            VolumeCommand.class);

    RdsCsi() {}

    public static void main(String[] arguments) {
        // Before there is a logger. What else there is to say of the log: simplelogger.properties.
        System.setProperty(
                "org.slf4j.simpleLogger.defaultLogLevel", System.getenv().getOrDefault("RDS_CSI_LOG_LEVEL", "info"));
        System.exit(run(
                arguments,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
    }

    /** Runs one command and gives its exit status; a server's command returns when it was told to stop. */
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        var line = commandLine(arguments)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err);
        try {
            line.setDefaultValueProvider(Settings.of(arguments, System.getenv()));
        } catch (Precondition e) {
            err.println(e.getMessage());
            return Precondition.EXIT_STATUS;
        }
        if (arguments.length > 1 && arguments[0].equals("node") && arguments[1].equals("fence")) letFencePass(line);
        line.setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
            // A socket that is taken, a directory that cannot be made: what a server needs before it serves.
            if (failure instanceof Precondition || failure instanceof IOException) return Precondition.EXIT_STATUS;
            if (!(failure instanceof Failed)) failure.printStackTrace(command.getErr());
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line.execute(arguments);
    }

    /** With the one command that {@code arguments} begin with, since reading all of them takes a server's start a while; else all. */
    private static CommandLine commandLine(String[] arguments) {
        var named = arguments.length == 0 ? Optional.<Class<?>>empty() : named(arguments[0]);
        var line = new CommandLine(new RdsCsi());
        for (var command : named.map(List::<Class<?>>of).orElse(COMMANDS)) line.addSubcommand(command);
        return line;
    }

    private static Optional<Class<?>> named(String name) {
        return COMMANDS.stream()
                .filter(command -> command.getAnnotation(Command.class).name().equals(name))
                .findFirst();
    }

    /** What {@code node} needs to serve, {@code node fence} does not; picocli would ask for it all the same. */
    private static void letFencePass(CommandLine line) {
        var spec = Objects.requireNonNull(line.getSubcommands().get("node")).getCommandSpec();
        spec.options().stream().filter(OptionSpec::required).toList().forEach(spec::remove);
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        static String text() {
            var version = RdsCsi.class.getPackage().getImplementationVersion();
            return version == null ? "unpackaged" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"rds-csi " + text()};
        }
    }
}
