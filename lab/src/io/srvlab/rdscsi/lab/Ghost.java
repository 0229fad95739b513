package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.lab.Site.Volume;
import java.nio.file.Files;
import java.util.List;

/** The volume goes from a node to another and back, while the first one still has a session and a write from before. */
final class Ghost implements TwoNodes.Scenario {
    private static final String WRITES_BLOCK = "head -c 4096 /dev/zero | tr '\\0' %s"
            + " | dd of=%s bs=4096 count=1 iflag=fullblock oflag=direct conv=nocreat,notrunc status=none";
    private static final String READS = "dd if=%s bs=4096 count=1 iflag=direct status=none | head -c 4";

    @Override
    public void play(Site site, Promises promises) throws Exception {
        var volume = site.create("vm", 16 << 20, Kubelet.RAW);
        var a = Site.kubelet(volume, site.a);
        var b = Site.kubelet(volume, site.b);
        site.attach(volume, site.a);
        same("", site.a.run(WRITES_BLOCK.formatted("a", a.target())));
        site.a.lose(true);
        var stale = site.a.start("stale", WRITES_BLOCK.formatted("A", a.target()));
        Promises.until("the session is not lost", 60, () -> !site.a.sessions(volume.id()).equals("live"));
        // What Kubernetes calls when somebody has declared node-a out of service.
        promises.hold("the volume is taken from node-a", () -> site.unpublish(volume, site.a));
        promises.hold("while node-a is out of reach with a write that waits, node-b has the volume and writes", () -> {
            site.attach(volume, site.b);
            same("aaaa", site.b.run(READS.formatted(b.target())));
            same("", site.b.run(WRITES_BLOCK.formatted("B", b.target())));
            site.detach(volume, site.b);
        });
        var back = site.publish(volume, site.a);
        var before = digest(volume);
        promises.hold("the volume is node-a's again, its network is back, and its old write ends in an error", () -> {
            expect(!stale.done(), "it has ended before: " + stale.outcome());
            site.a.lose(false);
            Promises.until("it still waits", 120, stale::done);
            expect(stale.outcome().contains("Input/output error"), stale.outcome());
        });
        promises.hold("not a byte of the volume has changed", () -> same(before, digest(volume)));
        promises.hold("node-a lets go of what it had, and stages the volume as it is now", () -> {
            site.letGo(volume, site.a);
            a.stage(back, volume.as());
            a.publish(back, volume.as());
            same("live", site.a.sessions(volume.id()));
            same("BBBB", site.a.run(READS.formatted(a.target())));
            same("", site.a.run(WRITES_BLOCK.formatted("C", a.target())));
        });
        site.detach(volume, site.a);
    }

    /** Of what is on the medium; the target writes past the page cache. */
    private static String digest(Volume volume) throws Exception {
        Guest.dropCaches();
        expect(Files.size(volume.file()) == 16 << 20, "another size");
        return Guest.output(List.of("sha256sum", volume.file().toString()));
    }
}
