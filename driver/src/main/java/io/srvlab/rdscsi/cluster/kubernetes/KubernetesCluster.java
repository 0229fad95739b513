package io.srvlab.rdscsi.cluster.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Attached;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.Event;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Kubernetes cluster. {@link #presence} and {@link #wish} read live and keep to their deadlines; {@link #attachments} is
 * what informers last saw, and empty until they have listed once; events are posted behind the caller's back.
 */
public final class KubernetesCluster implements Cluster, AutoCloseable {
    private final ExecutorService threads;
    private final KubernetesClient client;
    private final ApiServer api;
    private final Nodes nodes;
    private final VolumeAttachments wishes;
    private final Volumes volumes;
    private final EventRecorder events;

    private KubernetesCluster(Access access, String driverName) {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        var config = settings(access.config());
        client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new Transport(threads))
                .withTaskExecutor(threads)
                .withKubernetesSerialization(kinds())
                .build();
        api = new ApiServer(client.getHttpClient(), URI.create(config.getMasterUrl()), threads);
        nodes = new Nodes(api, driverName);
        wishes = new VolumeAttachments(api, driverName);
        volumes = new Volumes(client, driverName);
        events = new EventRecorder(api, volumes::subject, driverName, EventRecorder.Pace.USUAL);
    }

    /**
     * Watches and answers until closed. Returns at once, also where the API server cannot be reached.
     *
     * @throws IOException if the keys or certificates of {@code access} cannot be used
     */
    public static KubernetesCluster open(Access access, String driverName) throws IOException {
        KubernetesCluster cluster;
        try {
            cluster = new KubernetesCluster(access, driverName);
        } catch (KubernetesClientException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("The way to the API server cannot be set up: " + cause.getMessage(), e);
        }
        cluster.volumes.start();
        cluster.events.start();
        return cluster;
    }

    /**
     * No retries of the library's own, which knows no deadline. HTTP/1.1: each question has a connection of its own, so one
     * that died unnoticed costs one question, not all; and there is no limit to how many are asked at once.
     */
    private static Config settings(Config config) {
        return new ConfigBuilder(config)
                .withRequestRetryBackoffLimit(0)
                .withHttp2Disable(true)
                .withUserAgent("rds-csi")
                .build();
    }

    /**
     * Only the kinds that a watch brings. The library would else load the classes of all that Kubernetes has; without
     * Status it would not understand that a watch is too old, and begin the same one for ever.
     */
    private static KubernetesSerialization kinds() {
        var kinds = new KubernetesSerialization(new ObjectMapper(), false);
        kinds.registerKubernetesResource("v1", "Status", Status.class);
        kinds.registerKubernetesResource(PersistentVolume.class);
        kinds.registerKubernetesResource(VolumeAttachment.class);
        return kinds;
    }

    @Override
    public Presence presence(NodeName node, Deadline deadline) {
        return nodes.presence(node, deadline);
    }

    @Override
    public Wish wish(VolumeId volume, NodeName node, Deadline deadline) {
        return wishes.wish(volume, node, deadline);
    }

    @Override
    public List<Attached> attachments(VolumeId volume) {
        return volumes.attachments(volume);
    }

    @Override
    public void post(Event event) {
        events.post(event);
    }

    /** What tells this cluster from all others: the UID of its namespace kube-system, which none shares and none loses. */
    public Identity identity(Deadline deadline) {
        return switch (api.get(Resource.namespace("kube-system"), deadline)) {
            case Reply.Found(var namespace)
            when !namespace.path("metadata").path("uid").asText().isBlank() ->
                new Identity.Known(namespace.path("metadata").path("uid").asText());
            case Reply.Found _ -> new Identity.Unknown("the namespace kube-system has no UID");
            case Reply.NotFound _ -> new Identity.Unknown("there is no namespace kube-system");
            case Reply.Failed failed -> new Identity.Unknown(failed.why());
        };
    }

    /** Which cluster this is, if it said so. */
    public sealed interface Identity {
        record Known(String uid) implements Identity {}

        record Unknown(String why) implements Identity {}
    }

    /** Takes part in choosing the one replica that does background work, under {@code identity}, until the lease is closed. */
    public LeaderLease lease(String namespace, String identity, LeaderLease.Lost lost) {
        return LeaderLease.start(api, namespace, identity, LeaderLease.Timing.USUAL, lost);
    }

    @Override
    public void close() {
        events.close();
        volumes.close();
        client.close();
        threads.shutdownNow();
    }
}
