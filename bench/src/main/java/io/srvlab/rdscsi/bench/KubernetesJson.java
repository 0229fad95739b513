package io.srvlab.rdscsi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.UUID;

/** Objects of the Kubernetes API as an API server writes them, as far as a controller reads them. */
final class KubernetesJson {
    private KubernetesJson() {}

    /** Any object of which only its name and UID count. */
    static String object(String kind, String name) {
        return """
                {"kind":"%s","apiVersion":"v1","metadata":{"name":"%s","uid":"%s","resourceVersion":"1"}}""".formatted(kind, name, uid(kind + "/" + name));
    }

    static String list(String kind, String apiVersion, List<String> items) {
        return """
                {"kind":"%s","apiVersion":"%s","metadata":{"resourceVersion":"1"},"items":[%s]}""".formatted(kind, apiVersion, String.join(",", items));
    }

    /** The API server's own word that an object is not there. */
    static String notFound(String group, String plural, String name) {
        return """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"NotFound","code":404,\
                "details":{"group":"%s","kind":"%s","name":"%s"}}""".formatted(group, plural, name);
    }

    /** A Node that is Ready, with a kubelet that tells which volumes it uses. */
    static String node(String name, String driverName, List<String> inUse) {
        var listed = inUse.stream()
                .map(volume -> "\"kubernetes.io/csi/" + driverName + "^" + volume + "\"")
                .toList();
        return """
                {"kind":"Node","apiVersion":"v1",\
                "metadata":{"name":"%s","uid":"%s","resourceVersion":"1",\
                "annotations":{"volumes.kubernetes.io/controller-managed-attach-detach":"true"}},\
                "status":{"conditions":[{"type":"Ready","status":"True"}],"volumesInUse":[%s]}}""".formatted(name, uid("Node/" + name), String.join(",", listed));
    }

    /** A PersistentVolume of this driver, bound to a claim of the same name. */
    static String persistentVolume(String volume, String driverName) {
        return """
                {"metadata":{"name":"%1$s","uid":"%2$s","resourceVersion":"1"},\
                "spec":{"csi":{"driver":"%3$s","volumeHandle":"%1$s"},\
                "claimRef":{"namespace":"default","name":"%1$s","uid":"%2$s"}}}""".formatted(volume, uid(volume), driverName);
    }

    private static UUID uid(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(UTF_8));
    }
}
