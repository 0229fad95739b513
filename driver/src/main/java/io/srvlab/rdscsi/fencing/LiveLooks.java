package io.srvlab.rdscsi.fencing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

/**
 * The live looks at the cluster that one RPC takes: each at most once, begun after the RPC began, side by side with what the
 * appliance is asked. Used by one thread.
 */
final class LiveLooks {
    private final Cluster cluster;
    private final VolumeId volume;
    private final Deadline deadline;
    private final Executor threads;
    private final Map<NodeName, CompletableFuture<Presence>> presences = new HashMap<>();
    private final Map<NodeName, CompletableFuture<Wish>> wishes = new HashMap<>();

    /** @param deadline of every look */
    LiveLooks(Cluster cluster, VolumeId volume, Deadline deadline, Executor threads) {
        this.cluster = cluster;
        this.volume = volume;
        this.deadline = deadline;
        this.threads = threads;
    }

    /** Begins to look at {@code node}, for an answer that will probably be needed. */
    void beginPresence(NodeName node) {
        var _ = presenceOf(node);
    }

    /** Begins to ask whether the cluster wants the volume on {@code node}. */
    void beginWish(NodeName node) {
        var _ = wishFor(node);
    }

    Presence presence(NodeName node) {
        try {
            return answer(presenceOf(node));
        } catch (Silence e) {
            return new Presence.Unanswered(e.why);
        }
    }

    Wish wish(NodeName node) {
        try {
            return answer(wishFor(node));
        } catch (Silence e) {
            return new Wish.Unanswered(e.why);
        }
    }

    private CompletableFuture<Presence> presenceOf(NodeName node) {
        return presences.computeIfAbsent(
                node, each -> CompletableFuture.supplyAsync(() -> cluster.presence(each, deadline), threads));
    }

    private CompletableFuture<Wish> wishFor(NodeName node) {
        return wishes.computeIfAbsent(
                node, each -> CompletableFuture.supplyAsync(() -> cluster.wish(volume, each, deadline), threads));
    }

    private <T> T answer(CompletableFuture<T> look) throws Silence {
        try {
            return look.get(Math.max(0, deadline.timeRemaining(NANOSECONDS)), NANOSECONDS);
        } catch (TimeoutException _) {
            throw new Silence("no answer before the deadline");
        } catch (ExecutionException e) {
            throw new Silence("asking failed: " + e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Silence("the wait was interrupted");
        }
    }

    private static final class Silence extends Exception {
        private static final long serialVersionUID = 1L;
        private final String why;

        Silence(String why) {
            super(why);
            this.why = why;
        }
    }
}
