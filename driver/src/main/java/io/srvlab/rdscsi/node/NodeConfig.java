package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.volume.NodeName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the node's half is told.
 *
 * @param node this node, which is the CSI node_id
 * @param volumesMax how many volumes may be attached here; 0 leaves it to the container orchestrator
 * @param state a directory of its own, where what it was told to stage outlives the process
 * @param kubeletDirectory if given, no path outside it is touched
 */
public record NodeConfig(NodeName node, long volumesMax, Path state, Optional<Path> kubeletDirectory) {
    public NodeConfig {
        if (volumesMax < 0) throw new IllegalArgumentException("a limit of volumes cannot be negative: " + volumesMax);
    }
}
