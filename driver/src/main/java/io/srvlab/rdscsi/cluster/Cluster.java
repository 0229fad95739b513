package io.srvlab.rdscsi.cluster;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;

/** The cluster, as far as the question goes who may hold a volume. Nothing here throws for what the cluster said or did not say. */
public interface Cluster {
    /** Looks at {@code node} live: no cache, begun after this call. */
    Presence presence(NodeName node, Deadline deadline);

    /** Looks live at whether the cluster wants {@code volume} on {@code node}. */
    Wish wish(VolumeId volume, NodeName node, Deadline deadline);

    /** The attachments of {@code volume} that the cluster knows of, as last seen; asks nobody. */
    List<Attached> attachments(VolumeId volume);

    /** Tells the users of a volume. Returns at once; that it is ever shown is not promised. */
    void post(Event event);
}
