package io.srvlab.rdscsi.cluster.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Live looks at Node objects. */
final class Nodes {
    /** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-out-of-service */
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
    /** Set by a kubelet that leaves attaching to the controller, and so tells which volumes it uses. */
    private static final String TELLS_USE = "volumes.kubernetes.io/controller-managed-attach-detach";

    private final ApiServer api;
    private final String volumesOfOurs;

    Nodes(ApiServer api, String driverName) {
        this.api = api;
        this.volumesOfOurs = "kubernetes.io/csi/" + driverName + "^";
    }

    Presence presence(NodeName node, Deadline deadline) {
        return switch (api.get(Resource.node(node.text()), deadline)) {
            case Reply.Found(var object) -> presence(object);
            case Reply.NotFound _ -> new Presence.Absent();
            case Reply.Failed failed -> new Presence.Unanswered(failed.why());
        };
    }

    private Presence presence(JsonNode node) {
        UUID uid;
        try {
            uid = UUID.fromString(node.path("metadata").path("uid").asText());
        } catch (IllegalArgumentException _) {
            return new Presence.Unanswered("a Node object without a UID");
        }
        for (var taint : node.path("spec").path("taints")) {
            if (taint.path("key").asText().equals(OUT_OF_SERVICE)) return new Presence.OutOfService(uid);
        }
        return new Presence.Exists(
                uid, ready(node), node.path("metadata").hasNonNull("deletionTimestamp"), inUse(node));
    }

    private static boolean ready(JsonNode node) {
        for (var condition : node.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /** An empty list is left out of the object, so only from a kubelet that tells at all does its absence mean "none". */
    private Optional<Set<VolumeId>> inUse(JsonNode node) {
        var tells = node.path("metadata").path("annotations").path(TELLS_USE).asText();
        if (!tells.equals("true")) return Optional.empty();
        return Optional.of(
                StreamSupport.stream(node.path("status").path("volumesInUse").spliterator(), false)
                        .map(JsonNode::asText)
                        .filter(name -> name.startsWith(volumesOfOurs))
                        .flatMap(name -> VolumeId.parse(name.substring(volumesOfOurs.length())).stream())
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
