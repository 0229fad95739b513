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

    public Portal {
        // The same check as the node's, so that a volume is not attached first and refused there.
        if (!address.matches(PublishContext.ADDRESS))
            throw new IllegalArgumentException("no address: '" + address + "'");
        if (port < 1 || port > 65_535) throw new IllegalArgumentException("no TCP port: " + port);
    }

    /**
     * What a node will be told of a volume beside its attachment.
     *
     * @param fsType empty for a raw block volume
     */
    record Way(Portal portal, String fsType) {
        PublishContext to(Attachment attachment) {
            return new PublishContext(
                    portal.address(),
                    portal.port(),
                    attachment.subsystem(),
                    fsType,
                    attachment.host(),
                    attachment.hostId(),
                    attachment.claim().toString());
        }
    }

    /**
     * The way to a volume, checked before anything is attached.
     *
     * @throws Failed with {@link Problem.Malformed} if volume_context says something that cannot be
     */
    Way way(VolumeCapability capability, Map<String, String> volumeContext) {
        try {
            var portal = new Portal(
                    volumeContext.getOrDefault("nvmeAddress", address),
                    Integer.parseInt(volumeContext.getOrDefault("nvmePort", Integer.toString(port))));
            return new Way(portal, fsType(capability, volumeContext));
        } catch (IllegalArgumentException e) {
            throw new Failed(new Problem.Malformed("volume_context", String.valueOf(e.getMessage())), e);
        }
    }

    /** The filesystem that a volume is to have; empty for a raw block volume. */
    static String fsType(VolumeCapability capability, Map<String, String> volumeContext) {
        if (capability.hasBlock()) return "";
        var asked = capability.getMount().getFsType();
        if (!asked.isEmpty()) return asked;
        return Capabilities.fsType("volume_context", volumeContext.getOrDefault("fsType", DEFAULT_FS_TYPE));
    }
}
