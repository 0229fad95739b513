package io.srvlab.rdscsi.fencing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.volume.NodeName;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Finds the holders whose node name belongs to another machine now. The cluster names an attachment's node by its name
 * alone, so it takes the machine that came after for the one that the volume was given to.
 */
record ReplacedNodes(Cluster cluster, Executor threads) {
    /** Of those who hold {@code disks}; who could not be looked at by {@code deadline} is not among them. */
    Set<Holder> holdersAmong(List<Disk> disks, String clusterMark, Deadline deadline) {
        var byNode = disks.stream()
                .flatMap(disk -> holders(disk, clusterMark).stream())
                .distinct()
                .collect(Collectors.groupingBy(Holder::node));
        var looks = byNode.entrySet().stream()
                .map(each -> look(each.getKey(), deadline).thenApply(seen -> others(each.getValue(), seen)))
                .toList();
        return looks.stream()
                .map(CompletableFuture::join)
                .flatMap(List::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Holder> others(List<Holder> sameName, Presence seen) {
        return seen instanceof Presence.Exists there
                ? sameName.stream()
                        .filter(holder -> !there.uid().toString().startsWith(holder.uid8()))
                        .toList()
                : List.of();
    }

    private CompletableFuture<Presence> look(NodeName node, Deadline deadline) {
        return CompletableFuture.supplyAsync(() -> cluster.presence(node, deadline), threads)
                .completeOnTimeout(
                        new Presence.Unanswered("no answer before the deadline"),
                        Math.max(0, deadline.timeRemaining(NANOSECONDS)),
                        NANOSECONDS);
    }

    private static List<Holder> holders(Disk disk, String clusterMark) {
        return disk.comment() instanceof Comment.Recorded(var _, var ledger)
                        && ledger.state() == Ledger.State.HELD
                        && ledger.cluster().equals(clusterMark)
                ? ledger.holders()
                : List.of();
    }
}
