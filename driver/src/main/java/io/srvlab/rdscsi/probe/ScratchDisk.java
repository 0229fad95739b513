package io.srvlab.rdscsi.probe;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Row;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * A file disk of the probe's own. Every command about it names its slot and its file, so that none can hit another.
 *
 * @param filePath as {@code /disk} writes it
 */
record ScratchDisk(Scratch scratch, String slot, String filePath, String subsystem) {
    /** The item: in its slot, and with its file. */
    Filter item() {
        return Filter.is("slot", slot).and(Filter.is("file-path", filePath));
    }

    Command set(String... namesAndValues) {
        return Command.set(Scratch.DISK, item(), properties(namesAndValues));
    }

    /** As {@link #set}, if the comment is still {@code expected}. */
    Command setIf(String expected, String... namesAndValues) {
        return Command.set(Scratch.DISK, item().and(Filter.is("comment", expected)), properties(namesAndValues));
    }

    Command export() {
        return set("nvme-tcp-export", "yes");
    }

    Command close() {
        return set("nvme-tcp-export", "no");
    }

    Command allow(Host... hosts) {
        return set(
                "nvme-tcp-server-allow-host-name",
                Arrays.stream(hosts).map(Host::nqn).collect(Collectors.joining(",")));
    }

    Command print() {
        return Command.printJson(Scratch.DISK, item());
    }

    /** The item as it is now. */
    Row row() throws Unanswered {
        return scratch.one(scratch.run(print()).getLast());
    }

    /** Its size in bytes, as the appliance tells it. */
    long size() throws Unanswered {
        return row().number("size").orElseThrow(() -> new Unanswered("the disk item shows no size"));
    }

    static SequencedMap<String, String> properties(String... namesAndValues) {
        var properties = new LinkedHashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) properties.put(namesAndValues[i], namesAndValues[i + 1]);
        return properties;
    }
}
