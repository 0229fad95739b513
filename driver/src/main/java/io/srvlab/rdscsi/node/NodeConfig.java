package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.volume.NodeName;

/**
 * What the node's half is told.
 *
 * @param node this node, which is the CSI node_id
 * @param volumesMax how many volumes may be attached here; 0 leaves it to the container orchestrator
 */
public record NodeConfig(NodeName node, long volumesMax) {
    public NodeConfig {
        if (volumesMax < 0) throw new IllegalArgumentException("a limit of volumes cannot be negative: " + volumesMax);
    }
}
