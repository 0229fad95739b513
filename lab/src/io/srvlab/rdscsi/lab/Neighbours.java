package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;


/** Two volumes on one node: what happens to one is nothing to the other. */
final class Neighbours implements TwoNodes.Scenario {
    private static final String WRITES = "echo %s | dd of=%s conv=fsync,notrunc status=none 2>&1";
    private static final String WRITES_ON =
            """
            until [ -e $STOP ]; do
              date | dd of=%s conv=fsync,notrunc status=none || exit 1
            done""";

    @Override
    public void play(Site site, Promises promises) throws Exception {
        var one = site.create("one", 32 << 20, Kubelet.EXT4);
        var other = site.create("other", 32 << 20, Kubelet.EXT4);
        var kubelet = Site.kubelet(one, site.a);
        var neighbour = Site.kubelet(other, site.a);
        site.attach(one, site.a);
        site.attach(other, site.a);
        var file = kubelet.target().resolve("file");
        same("", site.a.run(WRITES.formatted("kept", file)));
        var pod = site.a.start("neighbour", WRITES_ON.formatted(neighbour.target().resolve("file")));
        promises.hold("a session that is disconnected under a mount is an error to its pod, and the node says so", () -> {
            site.a.run("for c in /sys/class/nvme/nvme*; do grep -q '[:]one[.]' $c/subsysnqn"
                    + " && echo 1 >$c/delete_controller; done");
            var said = site.a.run(WRITES.formatted("lost", kubelet.target().resolve("other")));
            expect(said.contains("error"), said);
            expect(kubelet.condition().getAbnormal(), "it is called normal");
        });
        promises.hold("a restarted pod finds its bytes, in a session of its own", () -> {
            site.detach(one, site.a);
            site.attach(one, site.a);
            same("kept", site.a.run("cat " + file));
        });
        promises.hold("a volume that is cut under its pod leaves the other one alone", () -> {
            site.unpublish(one, site.a);
            Promises.until("it has a session", 60, () -> site.a.sessions(one.id()).isEmpty());
            site.letGo(one, site.a);
            same("live", site.a.sessions(other.id()));
            same("", pod.stop());
            expect(!neighbour.condition().getAbnormal(), neighbour.condition().getMessage());
        });
        site.detach(other, site.a);
    }
}
