package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.lab.Site.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What an appliance may do to a node that works with it: restart, come back in pieces, be full. */
final class Appliance implements TwoNodes.Scenario {
    private static final int AWAY_MILLIS = 10_000;
    /** Appends a line with fsync again and again; says how many, and at any time in a file that is not on the volume. */
    private static final String APPENDS =
            """
            n=0
            until [ -e $STOP ]; do
              n=$((n + 1))
              echo $n | dd of=%s oflag=append conv=notrunc,fsync status=none || exit 1
              echo $n >$STOP.written
            done
            echo $n""";

    /** All blocks that are free but 64 MiB at once, the rest until nothing is left. */
    private static final String TAKES_ALL =
            """
            fallocate -l $(($(stat -f -c '%%f * %%s' /data) - 67108864)) %1$s
            dd if=/dev/zero of=%1$s.rest bs=64k status=none 2>/dev/null
            sync""";

    @Override
    public void play(Site site, Promises promises) throws Exception {
        var volume = site.create("log", 64 << 20, Kubelet.EXT4);
        var kubelet = Site.kubelet(volume, site.a);
        site.attach(volume, site.a);
        restart(site, promises, kubelet);
        inPieces(site, promises, volume, kubelet);
        full(site, promises, volume, kubelet);
        site.detach(volume, site.a);
    }

    private static void restart(Site site, Promises promises, Kubelet kubelet) throws IOException {
        var file = kubelet.target().resolve("lines");
        var pod = site.a.start("lines", APPENDS.formatted(file));
        promises.hold("an appliance that restarts costs the pod its time and no error, and no line", () -> {
            site.stopAppliance();
            Thread.sleep(AWAY_MILLIS);
            expect(!pod.done(), "the pod has ended: " + pod.outcome());
            site.restartAppliance();
            var before = lines(site, file);
            Promises.until("the pod does not go on", 120, () -> lines(site, file) > before);
            var written = Integer.parseInt(pod.stop());
            site.a.run("echo 3 >/proc/sys/vm/drop_caches");
            same(written, lines(site, file));
            same("", site.a.run("seq " + written + " | cmp - " + file + " 2>&1"));
        });
    }

    /** The port listens again before the volume is there: a host that knocks then is told that there is no such thing. */
    private static void inPieces(Site site, Promises promises, Volume volume, Kubelet kubelet) throws IOException {
        var file = kubelet.target().resolve("again");
        var pod = site.a.start("again", APPENDS.formatted(file));
        promises.hold("a pod writes lines with fsync", () ->
                Promises.until("it has not written three", 60, () -> pod.written() >= 3));
        promises.hold("one whose port is back before its volumes: the pod goes on, or has an error and the node says why", () -> {
            site.stopAppliance();
            try (var _ = new BarePort(Site.ADDRESS)) {
                Thread.sleep(AWAY_MILLIS);
            }
            site.restartAppliance();
            Promises.until("neither", 120, () -> pod.done() || site.a.sessions(volume.id()).equals("live"));
            System.out.println("                 the session is " + site.a.sessions(volume.id()) + ", the pod "
                    + (pod.done() ? "has ended: " + pod.outcome() : "goes on"));
            if (!pod.done()) pod.stop();
            else expect(kubelet.condition().getAbnormal(), "the volume is called normal");
        });
        promises.hold("a pod that is started again finds every line that had been written with fsync", () -> {
            site.detach(volume, site.a);
            site.attach(volume, site.a);
            var found = lines(site, file);
            expect(found >= pod.written(), "of " + pod.written() + " lines there are " + found);
            same("", site.a.run("seq " + found + " | cmp - " + file + " 2>&1"));
        });
    }

    private static void full(Site site, Promises promises, Volume volume, Kubelet kubelet) throws Exception {
        var file = kubelet.target().resolve("large");
        var room = Path.of("/data/room");
        promises.hold("what a full appliance cannot take is an error to the pod that calls fsync", () -> {
            Guest.run(List.of("sh", "-c", TAKES_ALL.formatted(room)));
            var said = site.a.run("dd if=/dev/zero of=" + file + " bs=1M count=40 conv=fsync status=none 2>&1; echo $?");
            System.out.println("                 " + said.replace("\n", "; "));
            expect(!said.endsWith("0"), "it was taken");
        });
        promises.hold("when there is room again, the volume is staged with what had been written", () -> {
            Guest.run(List.of("rm", room.toString(), room + ".rest"));
            site.detach(volume, site.a);
            site.attach(volume, site.a);
            expect(lines(site, kubelet.target().resolve("lines")) > 0, "the lines are gone");
            same("", site.a.run("dd if=/dev/zero of=" + file + " bs=1M count=40 conv=fsync status=none 2>&1"));
        });
    }

    private static int lines(Site site, Path file) throws IOException {
        var said = site.a.run("wc -l <" + file + " 2>&1");
        if (!said.matches("[0-9]+")) throw new IOException("the lines of " + file + " could not be counted: " + said);
        return Integer.parseInt(said);
    }
}
