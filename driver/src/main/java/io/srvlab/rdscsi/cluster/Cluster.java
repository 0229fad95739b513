package io.srvlab.rdscsi.cluster;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.NodeName;

/** The cluster, as far as the question goes who may hold a volume. */
public interface Cluster {
    /** Looks at {@code node} live: no cache, begun after this call. Never throws for what the cluster said or did not say. */
    Presence presence(NodeName node, Deadline deadline);
}
