package io.srvlab.rdscsi.bench;

import java.util.List;
import java.util.stream.IntStream;

/** A volume, and the node that it is published to. */
record Placement(String volume, String node) {
    /** A node may have 64 volumes, so there are several. */
    private static final int NODES = 10;

    /** So many volumes, on all nodes in turn. */
    static List<Placement> of(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Placement(prefix + "-" + i, "bench-" + i % NODES))
                .toList();
    }

    /** The same volume on another node. */
    Placement elsewhere() {
        int next = (Integer.parseInt(node.substring("bench-".length())) + 1) % NODES;
        return new Placement(volume, "bench-" + next);
    }
}
