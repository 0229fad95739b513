package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.fencing.Operator;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "volume",
        description = "What is attached where, and how to mend it, from the appliance alone.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            VolumeCommand.ListVolumes.class,
            VolumeCommand.Show.class,
            VolumeCommand.Cut.class,
            VolumeCommand.Lock.class,
            VolumeCommand.Unlock.class,
            VolumeCommand.Repair.class
        })
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

    /** One volume that something is done to; what it was and what it is now are printed. */
    abstract static class Change implements Callable<Integer> {
        @Mixin
        ApplianceOptions appliance;

        @Parameters(
                paramLabel = "VOLUME",
                converter = Converters.ToVolumeId.class,
                description = "Its volume id, which is its slot.")
        VolumeId volume;

        @Spec
        CommandSpec spec;

        abstract Disk change(Operator operator, Deadline deadline) throws Exception;

        @Override
        public Integer call() throws Exception {
            try (var routerOs = appliance.open()) {
                var deadline = Deadline.after(ANSWER_SECONDS, SECONDS);
                var shown = new Appliance(routerOs);
                var before = shown.disk(volume, deadline)
                        .orElseThrow(() -> new Precondition("The appliance has no disk item in slot " + volume + "."));
                var after = change(new Operator(shown), deadline);
                var out = spec.commandLine().getOut();
                out.println("was      " + line(before));
                out.println("is now   " + line(after));
            }
            return 0;
        }

        private static String line(Disk disk) {
            return state(disk) + ", held by " + holders(disk) + ", " + disk.door();
        }
    }

    @Command(
            name = "cut",
            description = "Takes a volume from whoever holds it, at once. What its nodes had not yet written is lost.",
            mixinStandardHelpOptions = true)
    static final class Cut extends Change {
        @Override
        Disk change(Operator operator, Deadline deadline) {
            return operator.cut(volume, deadline);
        }
    }

    @Command(
            name = "lock",
            description = "Takes a volume from whoever holds it, and keeps everybody out until it is unlocked.",
            mixinStandardHelpOptions = true)
    static final class Lock extends Change {
        @Override
        Disk change(Operator operator, Deadline deadline) {
            return operator.lock(volume, deadline);
        }
    }

    @Command(name = "unlock", description = "Lets a locked volume be attached again.", mixinStandardHelpOptions = true)
    static final class Unlock extends Change {
        @Override
        Disk change(Operator operator, Deadline deadline) {
            return operator.unlock(volume, deadline);
        }
    }

    @Command(
            name = "repair",
            description =
                    "Writes a new record where the present one cannot be read, and closes a door that is not as the record"
                            + " says. Whoever was let in by that is out.",
            mixinStandardHelpOptions = true)
    static final class Repair extends Change {
        @Option(
                names = "--cluster-id",
                paramLabel = "ID",
                converter = Converters.ToClusterId.class,
                description = "Whose the volume is, where its record does not say so: in Kubernetes the UID of the"
                        + " namespace kube-system.")
        @Nullable
        ClusterId clusterId;

        @Override
        Disk change(Operator operator, Deadline deadline) throws Precondition {
            try {
                return operator.repair(volume, Optional.ofNullable(clusterId), deadline);
            } catch (IllegalArgumentException e) {
                throw new Precondition(
                        "The record of " + volume + " cannot be mended: " + e.getMessage()
                                + ". Say it with --cluster-id.",
                        e);
            }
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
