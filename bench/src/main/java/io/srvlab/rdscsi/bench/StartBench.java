package io.srvlab.rdscsi.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Starts a server again and again, and measures each time from the start of its process to the answer of its first Probe,
 * and the memory that it holds then (VmRSS).
 *
 * <p>Arguments: a label, how many times, the socket, then the command line.
 */
final class StartBench {
    private StartBench() {}

    private record Figure(double milliseconds, double mebibytes) {}

    public static void main(String[] arguments) throws Exception {
        var label = arguments[0];
        int times = Integer.parseInt(arguments[1]);
        var endpoint = Endpoint.parse(arguments[2]);
        var command = Arrays.asList(arguments).subList(3, arguments.length);
        var _ = once(endpoint, command); // warm file caches, and this JVM
        var figures = new ArrayList<Figure>();
        for (int i = 0; i < times; i++) figures.add(once(endpoint, command));
        var milliseconds = figures.stream().map(Figure::milliseconds).sorted().toList();
        var mebibytes = figures.stream().map(Figure::mebibytes).sorted().toList();
        System.out.printf(
                "%-28s first Probe after %4.0f ms (%.0f to %.0f)   RSS %3.0f MiB (%.0f to %.0f)   %d runs%n",
                label,
                median(milliseconds),
                milliseconds.getFirst(),
                milliseconds.getLast(),
                median(mebibytes),
                mebibytes.getFirst(),
                mebibytes.getLast(),
                times);
    }

    private static Figure once(Endpoint endpoint, List<String> command) throws IOException, InterruptedException {
        long began = System.nanoTime();
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var channel = new CsiChannel(endpoint)) {
            var line = process.inputReader().readLine();
            if (line == null || !line.startsWith("READY")) throw new IOException("not ready: " + line);
            var probe = IdentityGrpc.newBlockingStub(channel.channel())
                    .withDeadlineAfter(20, SECONDS)
                    .probe(ProbeRequest.getDefaultInstance());
            double milliseconds = (System.nanoTime() - began) / 1e6;
            if (!probe.getReady().getValue()) throw new IOException("the server is not ready");
            return new Figure(milliseconds, rss(process.pid()) / 1024.0);
        } finally {
            process.destroy();
            if (!process.waitFor(15, SECONDS)) process.destroyForcibly();
        }
    }

    /** In KiB. */
    private static long rss(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }
}
