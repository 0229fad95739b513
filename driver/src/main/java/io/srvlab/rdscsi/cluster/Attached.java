package io.srvlab.rdscsi.cluster;

import io.srvlab.rdscsi.volume.NodeName;
import java.util.Optional;

/**
 * A VolumeAttachment of this driver that says attached, as the watch last showed it: perhaps some moments old, so good for
 * comparing and for listing, never for letting somebody in.
 *
 * @param claim what the publish context in its status says of {@code claim}; nothing for an attachment that an older driver
 *     made
 */
public record Attached(NodeName node, Optional<String> claim) {}
