package io.srvlab.rdscsi.cluster.kubernetes;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.srvlab.rdscsi.cluster.Event;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An Event object as the API server gets it. The core kind, not events.k8s.io: only there a count, a first and a last time
 * can be written, and those are what {@code kubectl describe} shows of a repeated event; it lists both kinds, which are one
 * and the same in the store.
 */
record EventObject(Resource resource, String json, String patch) {
    private static final JsonMapper JSON = new JsonMapper();
    /** Events about what is in no namespace are kept here. */
    private static final String CLUSTER_WIDE = "default";
    /** What the newer kind allows (io.k8s.api.events.v1: note), so that both show the same. */
    private static final int MESSAGE_MAX = 1024;
    /** An object's name has at most 253 characters. */
    private static final int NAME_MAX = 220;

    /** One event about a subject; where it was posted before, under the same name. */
    static Draft of(Event.Reason reason, Volumes.Subject subject, String driverName, @Nullable EventObject before) {
        var about = JSON.createObjectNode();
        var in = switch (subject) {
            case Volumes.Subject.Claim(var namespace, var name, var uid) -> {
                about.put("apiVersion", "v1").put("kind", "PersistentVolumeClaim");
                about.put("namespace", namespace).put("name", name).put("uid", uid);
                yield namespace;
            }
            case Volumes.Subject.Unclaimed(var name, var uid) -> {
                about.put("apiVersion", "v1").put("kind", "PersistentVolume");
                about.put("name", name).put("uid", uid);
                yield CLUSTER_WIDE;
            }
        };
        var stem = beginning(about.path("name").asText()) + ".";
        var name = before != null
                        && before.resource().namespace().orElse("").equals(in)
                        && before.resource().name().startsWith(stem)
                ? before.resource().name()
                : stem + UUID.randomUUID();
        return new Draft(reason, about, Resource.event(in, name), driverName);
    }

    /** An event that lacks when and how often. */
    record Draft(Event.Reason reason, ObjectNode about, Resource resource, String driverName) {
        EventObject counted(String message, Instant first, Instant last, int count) {
            var when = JSON.createObjectNode()
                    .put("lastTimestamp", last.truncatedTo(ChronoUnit.SECONDS).toString())
                    .put("count", count)
                    .put("message", cut(message));
            var whole = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Event");
            whole.putObject("metadata")
                    .put("namespace", resource.namespace().orElseThrow())
                    .put("name", resource.name());
            whole.set("involvedObject", about);
            whole.put("reason", reason.text()).put("type", reason.warning() ? "Warning" : "Normal");
            whole.putObject("source").put("component", driverName);
            whole.put("reportingComponent", driverName).put("reportingInstance", "");
            whole.put("firstTimestamp", first.truncatedTo(ChronoUnit.SECONDS).toString());
            whole.setAll(when);
            return new EventObject(resource, whole.toString(), when.toString());
        }
    }

    /** At most 1024 characters, ended at a word. */
    static String cut(String message) {
        if (message.length() <= MESSAGE_MAX) return message;
        int end = message.lastIndexOf(' ', MESSAGE_MAX - 2);
        if (end < MESSAGE_MAX / 2) end = MESSAGE_MAX - 2;
        if (Character.isHighSurrogate(message.charAt(end - 1))) end--;
        return message.substring(0, end) + " …";
    }

    /** As much of an object's name as an event's name can begin with. */
    private static String beginning(String name) {
        return name.length() <= NAME_MAX - 37
                ? name
                : name.substring(0, NAME_MAX - 37).replaceAll("[^a-z0-9]+$", "");
    }
}
