package io.srvlab.rdscsi.cluster;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.NameUuid;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster written on the command line, for trying without Kubernetes: the nodes named exist, all others are gone. A
 * node's UID is UUIDv5 of its name.
 */
public final class StaticCluster implements Cluster {
    private static final Logger log = LoggerFactory.getLogger(StaticCluster.class);

    private final Set<NodeName> nodes;

    public StaticCluster(Set<NodeName> nodes) {
        this.nodes = Set.copyOf(nodes);
    }

    @Override
    public Presence presence(NodeName node, Deadline deadline) {
        return nodes.contains(node)
                ? new Presence.Exists(NameUuid.of("node", node.text()), true, false, Optional.empty())
                : new Presence.Absent();
    }

    @Override
    public Wish wish(VolumeId volume, NodeName node, Deadline deadline) {
        return new Wish.Unanswered("a static cluster has no attachments");
    }

    @Override
    public List<Attached> attachments(VolumeId volume) {
        return List.of();
    }

    @Override
    public void post(Event event) {
        log.info("volume {}: {}: {}", event.volume(), event.reason().text(), event.message());
    }
}
