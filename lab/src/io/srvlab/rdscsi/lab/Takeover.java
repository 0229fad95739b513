package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;


/** A node is out of reach and gone from the cluster, but alive: its volume goes to another, and what it still writes is lost. */
final class Takeover implements TwoNodes.Scenario {
    private static final String POD_WRITES = "printf %s | dd of=%s conv=fsync,notrunc status=none";

    @Override
    public void play(Site site, Promises promises) throws Exception {
        var volume = site.create("db", 64 << 20, Kubelet.EXT4);
        var a = Site.kubelet(volume, site.a);
        var b = Site.kubelet(volume, site.b);
        var file = a.target().resolve("file").toString();
        promises.hold("node-a has the volume, and its pod writes with fsync", () -> {
            site.attach(volume, site.a);
            same("", site.a.run(POD_WRITES.formatted("before", file)));
        });
        site.a.lose(true);
        var old = site.a.start("old", POD_WRITES.formatted("node-a", file));
        promises.hold("node-a's network is cut: it lives on, and its pod's next write waits", () -> {
            Promises.until("the session is not lost", 60, () -> !site.a.sessions(volume.id()).equals("live"));
            expect(!old.done(), "it has ended: " + old.outcome());
        });
        site.clusterHas(site.b);
        promises.hold("node-b gets the volume, from the call to the mount", () -> {
            site.attach(volume, site.b);
        });
        promises.hold("node-b sees what had been written with fsync, and writes", () -> {
            same("before", site.b.run("cat " + file));
            same("", site.b.run(POD_WRITES.formatted("node-b", file)));
            expect(!old.done(), "node-a's write has ended: " + old.outcome());
        });
        promises.hold("when node-a's network is back, its old write ends in an error", () -> {
            site.a.lose(false);
            Promises.until("it still waits", 120, old::done);
            expect(old.outcome().contains("Input/output error"), old.outcome());
        });
        promises.hold("the bytes are node-b's, also on the medium", () -> {
            site.b.run("echo 3 >/proc/sys/vm/drop_caches");
            same("node-b", site.b.run("cat " + file));
            site.letGo(volume, site.b);
            site.attach(volume, site.b);
            same("node-b", site.b.run("cat " + file));
        });
        promises.hold("node-a says that its volume is gone, and lets go of it", () -> {
            expect(a.condition().getAbnormal(), "it is called normal");
            site.letGo(volume, site.a);
            same("", site.a.sessions(volume.id()));
        });
        promises.hold("node-b goes on", () -> same("", site.b.run(POD_WRITES.formatted("at-end", file))));
        site.detach(volume, site.b);
    }
}
