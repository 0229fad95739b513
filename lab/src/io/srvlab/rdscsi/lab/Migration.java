package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;


/** Two nodes share a raw block volume for as long as a virtual machine moves; both write, then the source leaves. */
final class Migration implements TwoNodes.Scenario {
    /** Writes one block again and again until told to stop, and says how often. */
    private static final String WRITES_ON =
            """
            n=0
            head -c 4096 /dev/zero | tr '\\0' %1$s >/tmp/block
            until [ -e $STOP ]; do
              dd if=/tmp/block of=%2$s bs=4096 seek=%3$d oflag=direct conv=nocreat,notrunc status=none || exit 1
              n=$((n + 1))
            done
            echo $n writes""";

    private static final String READS = "dd if=%s bs=4096 skip=%d count=1 iflag=direct status=none | head -c 4";

    @Override
    public void play(Site site, Promises promises) throws Exception {
        var volume = site.create("moving", 16 << 20, Kubelet.RAW_SHARED);
        var a = Site.kubelet(volume, site.a);
        var b = Site.kubelet(volume, site.b);
        site.attach(volume, site.a);
        var source = site.a.start("source", WRITES_ON.formatted("a", a.target(), 0));
        promises.hold("a second node joins while the first one writes", () -> {
            site.attach(volume, site.b);
            expect(!source.done(), "the source has stopped: " + source.outcome());
        });
        var destination = site.b.start("destination", WRITES_ON.formatted("b", b.target(), 1));
        promises.hold("both write, and each sees what the other wrote", () -> {
            Promises.until("node-a does not see it", 30, () -> site.a
                    .run(READS.formatted(a.target(), 1)).equals("bbbb"));
            same("aaaa", site.b.run(READS.formatted(b.target(), 0)));
            expect(!source.done() && !destination.done(), source.outcome() + "; " + destination.outcome());
        });
        promises.hold("the source ends its writes without an error and leaves", () -> {
            ended(site.a, source);
            site.letGo(volume, site.a);
            same("", site.a.sessions(volume.id()));
            site.unpublish(volume, site.a);
        });
        promises.hold("the destination writes on and has noticed nothing", () -> {
            Promises.until("its session does not come back", 30, () -> site.b.sessions(volume.id()).equals("live"));
            expect(!destination.done(), "it has stopped: " + destination.outcome());
            ended(site.b, destination);
            same("aaaa", site.b.run(READS.formatted(b.target(), 0)));
        });
        site.detach(volume, site.b);
    }

    private static void ended(Machine node, Machine.Job writer) throws Exception {
        System.out.println("                 " + node.name() + ": " + writer.stop());
    }
}
