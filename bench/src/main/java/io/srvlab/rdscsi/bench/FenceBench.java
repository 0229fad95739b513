package io.srvlab.rdscsi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The figures of publish and unpublish, from outside: controllers and simulators are processes, an API server is stood in
 * for by this one.
 *
 * <p>Arguments: the launcher, a directory for all that is made, samples of each latency, turns of each of ten callers, disks
 * of the large appliance, lifecycles for the memory.
 */
final class FenceBench {
    private FenceBench() {}

    public static void main(String[] arguments) throws Exception {
        var launcher = Path.of(arguments[0]);
        var directory = Path.of(arguments[1]);
        int samples = Integer.parseInt(arguments[2]);
        int turns = Integer.parseInt(arguments[3]);
        int disks = Integer.parseInt(arguments[4]);
        int lifecycles = Integer.parseInt(arguments[5]);
        var table = new Table();
        var before = load();
        long began = System.nanoTime();
        try (var api = new ApiServerStandIn(Bench.DRIVER)) {
            var bench = new Bench(launcher, directory, api, table);
            new Latencies(bench, samples).run();
            new Crowd(bench, turns).run();
            new Scale(bench, samples, disks).run();
            new Growth(bench, lifecycles).run();
        }
        table.print(System.out);
        System.out.printf(
                "%nbench/fence %d %d %d %d: %.0f s; load average %s before, %s after, on %d cores%n",
                samples,
                turns,
                disks,
                lifecycles,
                (System.nanoTime() - began) / 1e9,
                before,
                load(),
                Runtime.getRuntime().availableProcessors());
    }

    /** Of the last minute. */
    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }
}
