package io.srvlab.rdscsi.lab;

import java.io.IOException;
import java.util.Map;

/** The scenarios with two nodes, each a guest of its own; one site serves all that are asked for. */
final class TwoNodes {
    /** What is played on a site. */
    interface Scenario {
        void play(Site site, Promises promises) throws Exception;
    }

    private static final Map<String, Scenario> SCENARIOS = Map.of(
            "takeover", new Takeover(),
            "ghost", new Ghost(),
            "migration", new Migration(),
            "appliance", new Appliance(),
            "neighbours", new Neighbours(),
            "figures", new TakeoverFigures());

    private TwoNodes() {}

    public static void main(String[] names) throws Exception {
        var promises = new Promises();
        try (var site = new Site()) {
            for (var name : names) {
                System.out.println("scenario " + name);
                promises.hold(name + " was played to its end", () -> {
                    site.clusterHas(site.a, site.b);
                    SCENARIOS.get(name).play(site, promises);
                });
                site.a.lose(false); // also after a scenario that failed
            }
            if (promises.status() != 0) tell(site);
        }
        System.exit(promises.status());
    }

    private static void tell(Site site) throws IOException {
        for (var node : new Machine[] {site.a, site.b}) {
            System.out.println(node.name() + ", the plugin's log and the kernel's:");
            System.out.println(node.run("tail -n 30 /tmp/plugin.log | sed 's/publish_context { [^}]*} //g'"));
            System.out.println(node.run("dmesg | tail -n 30"));
        }
    }
}
