package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "volume",
        description = "What is attached where, from the appliance alone.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {VolumeCommand.ListVolumes.class, VolumeCommand.Show.class})
final class VolumeCommand {
    private static final long ANSWER_SECONDS = 60;

    @Command(
            name = "list",
            description = "All volumes of this driver on the appliance, a line each.",
            mixinStandardHelpOptions = true)
    static final class ListVolumes implements Callable<Integer> {
        @Mixin
        ApplianceOptions appliance;

        @Spec
        CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            var out = spec.commandLine().getOut();
            try (var routerOs = appliance.open()) {
                var disks = new Appliance(routerOs).recorded(Deadline.after(ANSWER_SECONDS, SECONDS));
                out.printf("%-32s %16s %-10s %-24s %s%n", "VOLUME", "BYTES", "STATE", "HELD BY", "DOOR");
                disks.stream()
                        .sorted(Comparator.comparing(disk -> disk.volume().slot()))
                        .forEach(disk -> out.printf(
                                "%-32s %16d %-10s %-24s %s%n",
                                disk.volume(), disk.size().count(), state(disk), holders(disk), disk.door()));
            }
            return 0;
        }
    }

    @Command(name = "show", description = "One volume, with its record.", mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin
        ApplianceOptions appliance;

        @Parameters(
                paramLabel = "VOLUME",
                converter = Converters.ToVolumeId.class,
                description = "Its volume id, which is its slot.")
        VolumeId volume;

        @Spec
        CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            try (var routerOs = appliance.open()) {
                var disk = new Appliance(routerOs)
                        .disk(volume, Deadline.after(ANSWER_SECONDS, SECONDS))
                        .orElseThrow(() -> new Precondition("The appliance has no disk item in slot " + volume + "."));
                var out = spec.commandLine().getOut();
                out.println("volume   " + disk.volume());
                out.println("size     " + disk.size());
                out.println("file     " + disk.filePath());
                out.println("state    " + state(disk));
                out.println("held by  " + holders(disk));
                out.println("door     " + disk.door());
                out.println("record   " + record(disk));
            }
            return 0;
        }
    }

    private static String state(Disk disk) {
        return switch (disk.comment()) {
            case Comment.Recorded(var _, var ledger) -> ledger.state().name().toLowerCase(Locale.ROOT);
            case Comment.Unreadable _ -> "unreadable";
            case Comment.Newer _ -> "newer";
            case Comment.Unset _, Comment.Foreign _ -> "not ours";
        };
    }

    private static String holders(Disk disk) {
        var names = disk.comment() instanceof Comment.Recorded(var _, var ledger) ? ledger.holderNames() : "";
        return names.isEmpty() ? "-" : names;
    }

    private static String record(Disk disk) {
        return switch (disk.comment()) {
            case Comment.Recorded(var text, var _) -> text;
            case Comment.Unreadable(var text, var why) -> text + " (unreadable: " + why + ")";
            case Comment.Newer(var text, var why) -> text + " (of a later version: " + why + ")";
            case Comment.Foreign(var text) -> text;
            case Comment.Unset _ -> "-";
        };
    }
}
