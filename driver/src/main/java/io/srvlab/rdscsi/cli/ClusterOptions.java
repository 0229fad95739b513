package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.StaticCluster;
import io.srvlab.rdscsi.cluster.kubernetes.Access;
import io.srvlab.rdscsi.cluster.kubernetes.KubernetesCluster;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.volume.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Which cluster the controller works for. */
final class ClusterOptions {
    private static final Logger log = LoggerFactory.getLogger(ClusterOptions.class);
    private static final long IDENTITY_SECONDS = 10;
    private static final Duration IDENTITY_PAUSE = Duration.ofSeconds(2);

    enum Kind {
        KUBERNETES,
        STATIC
    }

    @Option(
            names = "--cluster",
            required = true,
            paramLabel = "kubernetes|static",
            description = {
                "kubernetes: asks the API server for nodes and attachments, and posts events.",
                "static: for trying without Kubernetes; the nodes of --nodes exist, all others are gone."
            })
    Kind kind;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "How to reach the API server (default: the service account of the pod).")
    @Nullable
    Path kubeconfig;

    @Option(
            names = "--lease-namespace",
            paramLabel = "NAMESPACE",
            description =
                    "Where the lease lies by which one of several controllers does the background work (default: the"
                            + " pod's namespace, or that of the kubeconfig's context).")
    @Nullable
    String leaseNamespace;

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "NAME",
            converter = Converters.ToNodeName.class,
            description = "The nodes of a static cluster.")
    Set<NodeName> nodes = Set.of();

    @Option(
            names = "--cluster-id",
            paramLabel = "ID",
            converter = Converters.ToClusterId.class,
            description = "What tells this cluster from others on the same appliance (default: the UID of the namespace"
                    + " kube-system; in a static cluster made of this machine's name).")
    @Nullable
    ClusterId clusterId;

    /** A cluster, which one it is, and what takes part in it once the controller serves. */
    record Joined(Cluster cluster, ClusterId id, Consumer<Metrics.Controller> onceServing) {}

    /** The cluster to work for; waits until it has said which one it is. */
    Joined join(String driverName, Shutdown shutdown) throws Precondition, IOException, InterruptedException {
        return switch (kind) {
            case STATIC ->
                new Joined(new StaticCluster(nodes), clusterId == null ? ofThisMachine() : clusterId, _ -> {});
            case KUBERNETES -> {
                var access = access();
                var cluster = shutdown.closing(KubernetesCluster.open(access, driverName));
                yield new Joined(
                        cluster,
                        clusterId == null ? identity(cluster) : clusterId,
                        metrics -> takePart(cluster, access, shutdown, metrics));
            }
        };
    }

    private Access access() throws Precondition {
        try {
            return kubeconfig == null ? Access.inCluster() : Access.kubeconfig(kubeconfig);
        } catch (IOException e) {
            throw new Precondition(String.valueOf(e.getMessage()), e);
        }
    }

    /** Nothing on the appliance can be told to be this cluster's before it is known which cluster this is. */
    private static ClusterId identity(KubernetesCluster cluster) throws InterruptedException {
        while (true) {
            switch (cluster.identity(Deadline.after(IDENTITY_SECONDS, SECONDS))) {
                case KubernetesCluster.Identity.Known(var uid) -> {
                    return new ClusterId(uid);
                }
                case KubernetesCluster.Identity.Unknown(var why) ->
                    log.warn("waiting for the cluster to say which one it is (or name it with --cluster-id): {}", why);
            }
            Thread.sleep(IDENTITY_PAUSE);
        }
    }

    private void takePart(KubernetesCluster cluster, Access access, Shutdown shutdown, Metrics.Controller metrics) {
        var namespace = leaseNamespace == null ? access.namespace() : leaseNamespace;
        var lease = shutdown.closing(cluster.lease(
                namespace,
                replica(),
                holder -> shutdown.fail(
                        "another controller, " + holder + ", holds the lease that this one held; starting anew")));
        metrics.lease(lease::leading);
    }

    /** This process among the replicas; never the same again, so that a restarted one does not pass for its ancestor. */
    private static String replica() {
        return hostname() + "_" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Two people who try this driver on one appliance are two clusters, and neither takes over from the other. */
    private static ClusterId ofThisMachine() {
        return new ClusterId("static-" + hostname());
    }

    /** In a pod, the pod's name. */
    private static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
