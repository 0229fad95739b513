package io.srvlab.rdscsi.cluster.kubernetes;

import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Live looks at VolumeAttachment objects. */
final class VolumeAttachments {
    private final ApiServer api;
    private final String driverName;

    VolumeAttachments(ApiServer api, String driverName) {
        this.api = api;
        this.driverName = driverName;
    }

    Wish wish(VolumeId volume, NodeName node, Deadline deadline) {
        return switch (api.get(Resource.volumeAttachment(name(volume, node)), deadline)) {
            case Reply.NotFound _ -> new Wish.NotWanted();
            case Reply.Failed failed -> new Wish.Unanswered(failed.why());
            case Reply.Found(var object) -> {
                var spec = object.path("spec");
                if (!spec.path("attacher").asText().equals(driverName)
                        || !spec.path("nodeName").asText().equals(node.text())) {
                    yield new Wish.Unanswered(
                            "VolumeAttachment " + name(volume, node) + " is of another driver or node");
                }
                yield object.path("metadata").hasNonNull("deletionTimestamp")
                        ? new Wish.NotWanted()
                        : new Wish.Wanted();
            }
        };
    }

    /**
     * What the attach/detach controller calls the attachment: the name holds volume, driver and node, so another volume or
     * node has another name (getAttachmentName in Kubernetes' pkg/volume/csi/csi_attacher.go).
     */
    String name(VolumeId volume, NodeName node) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest((volume.slot() + driverName + node.text()).getBytes(StandardCharsets.UTF_8));
            return "csi-" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
