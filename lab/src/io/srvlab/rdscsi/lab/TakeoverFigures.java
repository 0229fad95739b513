package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a take-over takes, end to end: the cluster has lost node-a, which lives on and writes; from the call at the controller to
 * node-b's mount, and to node-a's first I/O error.
 */
final class TakeoverFigures implements TwoNodes.Scenario {
    private static final int ROUNDS = 6;
    private static final long ERROR_SECONDS = 100;
    private static final String WRITES_UNTIL_ERROR =
            "while head -c 4096 /dev/zero | dd of=%s conv=notrunc,fsync status=none 2>/dev/null; do touch %s; done";

    private final List<Double> granted = new ArrayList<>();
    private final List<Double> mounted = new ArrayList<>();
    private final List<Double> error = new ArrayList<>();

    @Override
    public void play(Site site, Promises promises) throws Exception {
        var volumes = new ArrayList<Site.Volume>();
        for (var round = 0; round < ROUNDS; round++) {
            volumes.add(site.create("figure-" + round, 64 << 20, Kubelet.EXT4));
            site.attach(volumes.getLast(), site.a);
        }
        site.clusterHas(site.b);
        for (var volume : volumes) {
            promises.hold("node-b gets volume " + volume.id() + " from node-a, whose writes end in an error", () ->
                    round(site, volume));
        }
        System.out.printf(
                "figure take-over, from the call: granted after %.0f ms, mounted on the other node after %.0f ms,"
                        + " first I/O error on the old one after %.0f ms; medians of %d%n",
                Figures.median(granted), Figures.median(mounted), Figures.median(error), ROUNDS - 1);
        for (var volume : volumes) {
            site.letGo(volume, site.a);
            site.detach(volume, site.b);
        }
    }

    private void round(Site site, Site.Volume volume) throws Exception {
        var kubelet = Site.kubelet(volume, site.b);
        var writes = "/tmp/writes-" + volume.id();
        var pod = CompletableFuture.supplyAsync(() -> {
            untilError(site.a, WRITES_UNTIL_ERROR.formatted(kubelet.target().resolve("bytes"), writes));
            return System.nanoTime();
        }, run -> Thread.ofVirtual().start(run));
        Promises.until("node-a's pod does not write", 60, () ->
                site.a.run("test -e " + writes + " && echo yes").equals("yes"));
        expect(!pod.isDone(), "node-a's writes have ended before");
        var began = System.nanoTime();
        var context = site.publish(volume, site.b);
        granted.add(millis(began, System.nanoTime()));
        kubelet.stage(context, volume.as());
        kubelet.publish(context, volume.as());
        mounted.add(millis(began, System.nanoTime()));
        error.add(millis(began, pod.get(ERROR_SECONDS, TimeUnit.SECONDS)));
    }

    private static void untilError(Machine node, String script) {
        try {
            node.run(script);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double millis(long began, long ended) {
        return (ended - began) / 1e6;
    }
}
