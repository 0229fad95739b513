package io.srvlab.rdscsi.cluster;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.NameUuid;
import io.srvlab.rdscsi.volume.NodeName;
import java.util.Set;

/**
 * A cluster written on the command line, for trying without Kubernetes: the nodes named exist, all others are gone. A
 * node's UID is UUIDv5 of its name.
 */
public final class StaticCluster implements Cluster {
    private final Set<NodeName> nodes;

    public StaticCluster(Set<NodeName> nodes) {
        this.nodes = Set.copyOf(nodes);
    }

    @Override
    public Presence presence(NodeName node, Deadline deadline) {
        return nodes.contains(node) ? new Presence.Exists(NameUuid.of("node", node.text())) : new Presence.Absent();
    }
}
