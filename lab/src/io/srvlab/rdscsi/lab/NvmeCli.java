package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;

import io.srvlab.rdscsi.nvme.ConnectOptions;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/** nvme-cli, the program with which an administrator looks at an NVMe target. */
final class NvmeCli {
    private static final Pattern RECORDS = Pattern.compile("Discovery Log Number of Records ([0-9]+),");
    private static final String NONE = "No discovery log entries to fetch";
    private static final Pattern ENTRY = Pattern.compile("=+Discovery Log Entry [0-9]+=+");
    private static final Pattern LINE = Pattern.compile("(?m)^([a-z]+): *(.*)$");

    private NvmeCli() {}

    /** What {@code nvme discover} shows to a host of the subsystems that have disks. */
    static List<DiscoveryLog.Entry> discover(InetSocketAddress at, ConnectOptions.Host host)
            throws IOException, InterruptedException {
        var command = List.of(
                "nvme",
                "discover",
                "--transport=tcp",
                "--traddr=" + at.getAddress().getHostAddress(),
                "--trsvcid=" + at.getPort(),
                "--hostnqn=" + host.nqn(),
                "--hostid=" + host.id());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var status = process.waitFor();
        expect(status == 0, String.join(" ", command) + " ended with " + status + ": " + said);
        return entries(said);
    }

    private static List<DiscoveryLog.Entry> entries(String said) {
        if (said.contains(NONE)) return List.of();
        var count = RECORDS.matcher(said);
        expect(count.find(), "no discovery log: " + said);
        var blocks = ENTRY.split(said);
        Promises.same(Integer.parseInt(count.group(1)), blocks.length - 1);
        var found = new ArrayList<DiscoveryLog.Entry>();
        for (var i = 1; i < blocks.length; i++) {
            var shown = new HashMap<String, String>();
            LINE.matcher(blocks[i]).results().forEach(line -> shown.put(line.group(1), line.group(2).strip()));
            // The kernel's target lists the discovery subsystem itself, too.
            if (!"nvme subsystem".equals(shown.get("subtype"))) continue;
            Promises.same("tcp", shown.get("trtype"));
            found.add(new DiscoveryLog.Entry(shown.get("subnqn"), shown.get("traddr"), shown.get("trsvcid")));
        }
        return found;
    }
}
