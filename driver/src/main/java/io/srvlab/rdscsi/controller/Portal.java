package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.fencing.Attachment;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.PublishContext;
import java.util.Map;

/**
 * Where nodes reach the appliance's exports, unless a volume's StorageClass says otherwise.
 *
 * @param address IP address or host name on the storage network
 * @param port usually 4420
 */
public record Portal(String address, int port) {
    private static final String DEFAULT_FS_TYPE = "ext4";

    /** What a node is told of {@code attachment}: the same for the same attachment and the same volume_context. */
    PublishContext context(Attachment attachment, VolumeCapability capability, Map<String, String> volumeContext) {
        try {
            return new PublishContext(
                    volumeContext.getOrDefault("nvmeAddress", address),
                    Integer.parseInt(volumeContext.getOrDefault("nvmePort", Integer.toString(port))),
                    attachment.subsystem(),
                    fsType(capability, volumeContext),
                    attachment.host(),
                    attachment.hostId(),
                    attachment.claim().toString());
        } catch (IllegalArgumentException e) {
            throw new Failed(new Problem.Malformed("volume_context", String.valueOf(e.getMessage())), e);
        }
    }

    private static String fsType(VolumeCapability capability, Map<String, String> volumeContext) {
        if (capability.hasBlock()) return "";
        var asked = capability.getMount().getFsType();
        return asked.isEmpty() ? volumeContext.getOrDefault("fsType", DEFAULT_FS_TYPE) : asked;
    }
}
