package io.srvlab.rdscsi.cluster.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One object of the Kubernetes API by its address, and how to tell that an answer speaks of it and of nothing else.
 *
 * @param group empty for the core group
 * @param plural as in the path: {@code nodes}
 */
record Resource(String group, String version, String plural, String kind, Optional<String> namespace, String name) {

    static Resource node(String name) {
        return new Resource("", "v1", "nodes", "Node", Optional.empty(), name);
    }

    static Resource namespace(String name) {
        return new Resource("", "v1", "namespaces", "Namespace", Optional.empty(), name);
    }

    static Resource volumeAttachment(String name) {
        return new Resource("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", Optional.empty(), name);
    }

    static Resource lease(String namespace, String name) {
        return new Resource("coordination.k8s.io", "v1", "leases", "Lease", Optional.of(namespace), name);
    }

    static Resource event(String namespace, String name) {
        return new Resource("", "v1", "events", "Event", Optional.of(namespace), name);
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Where objects of this kind are made. */
    String collection() {
        return (group.isEmpty() ? "/api/" : "/apis/")
                + apiVersion()
                + namespace.map(in -> "/namespaces/" + in).orElse("")
                + "/"
                + plural;
    }

    String path() {
        return collection() + "/" + name;
    }

    /** Whether {@code answer} is this object: a proxy, or a server behind another path, may answer with anything. */
    boolean is(JsonNode answer) {
        return answer.path("kind").asText().equals(kind)
                && answer.path("apiVersion").asText().equals(apiVersion())
                && answer.path("metadata").path("name").asText().equals(name);
    }

    /**
     * Whether {@code status} is the API server's own word that this object is not there: a Status with reason NotFound for
     * this very kind and name. A 404 of an unknown path has neither.
     */
    boolean isDeniedBy(JsonNode status) {
        var details = status.path("details");
        return status.path("kind").asText().equals("Status")
                && status.path("apiVersion").asText().equals("v1")
                && status.path("reason").asText().equals("NotFound")
                && details.path("group").asText().equals(group)
                && details.path("kind").asText().equals(plural)
                && details.path("name").asText().equals(name);
    }

    @Override
    public String toString() {
        return kind + " " + namespace.map(in -> in + "/").orElse("") + name;
    }
}
