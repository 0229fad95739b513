package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of several replicas does the work that one should do: the holder of the Lease {@code rds-csi-controller}. Nothing
 * that protects data rests on it; two that both believe to lead do no harm beside double work.
 *
 * <p>A lease counts as abandoned when its record has not changed for its duration by this process's own clock; clocks of
 * different machines are never compared. An API server that does not answer ends {@link #leading} after the renew deadline,
 * and nothing else: only the sight of another holder is a lease lost.
 */
public final class LeaderLease implements AutoCloseable {
    static final String NAME = "rds-csi-controller";

    private static final Logger log = LoggerFactory.getLogger(LeaderLease.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final long REQUEST_SECONDS = 5;

    /**
     * How long a lease holds.
     *
     * @param length after which one that is not renewed counts as abandoned; whole seconds
     * @param renewDeadline after which its holder stops to lead if it could not renew it; shorter than the length
     * @param period of looking at it
     */
    record Timing(Duration length, Duration renewDeadline, Duration period) {
        static final Timing USUAL = new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    private final ApiServer api;
    private final Timing timing;
    private final Resource resource;
    private final String identity;
    private final Lost lost;
    private final Thread worker;

    /** By {@link System#nanoTime}; until then this replica leads. Null while it does not hold the lease. */
    private volatile @Nullable Long leadsUntil;

    /** The lease as last seen, and when it was first seen so. */
    private @Nullable JsonNode seen;

    private long seenNanos;
    private boolean troubled;

    /** What to do when another is seen to hold the lease that this replica held. */
    @FunctionalInterface
    public interface Lost {
        void to(String holder);
    }

    private LeaderLease(ApiServer api, String namespace, String identity, Timing timing, Lost lost) {
        this.api = api;
        this.timing = timing;
        this.resource = Resource.lease(namespace, NAME);
        this.identity = identity;
        this.lost = lost;
        this.worker = Thread.ofVirtual().name("lease").unstarted(this::work);
    }

    static LeaderLease start(ApiServer api, String namespace, String identity, Timing timing, Lost lost) {
        var lease = new LeaderLease(api, namespace, identity, timing, lost);
        lease.worker.start();
        return lease;
    }

    /** Whether this replica does the background work now. */
    public boolean leading() {
        var until = leadsUntil;
        return until != null && until - System.nanoTime() > 0;
    }

    private void work() {
        try {
            while (step()) Thread.sleep(timing.period());
        } catch (InterruptedException _) {
            release();
        }
    }

    /** False once the lease was lost: then this replica takes no further part. */
    private boolean step() {
        var deadline = Deadline.after(REQUEST_SECONDS, SECONDS);
        var began = System.nanoTime();
        switch (api.get(resource, deadline)) {
            case Reply.Failed failed -> trouble("could not be read: " + failed.why());
            case Reply.NotFound _ -> hold(began, api.create(resource, fresh().toString(), deadline));
            case Reply.Found(var lease) -> {
                var holder = holder(lease);
                if (holder.equals(identity)) {
                    hold(began, api.replace(resource, renewed(lease).toString(), deadline));
                } else if (leadsUntil != null && !holder.isEmpty()) {
                    leadsUntil = null;
                    lost.to(holder);
                    return false;
                } else if (holder.isEmpty() || abandoned(lease, began)) {
                    hold(began, api.replace(resource, taken(lease).toString(), deadline));
                }
            }
        }
        return true;
    }

    private void hold(long began, Reply reply) {
        switch (reply) {
            case Reply.Found _ -> {
                if (!leading()) log.info("{} leads now, by {}", identity, resource);
                troubled = false;
                leadsUntil = began + timing.renewDeadline().toNanos();
            }
            // Another was faster; the next look tells who.
            case Reply.Failed failed when failed.conflict() -> log.debug("{} was taken", resource);
            case Reply.Failed failed -> trouble("could not be written: " + failed.why());
            case Reply.NotFound _ -> trouble("is gone");
        }
    }

    /** Told once, not every two seconds of an outage. */
    private void trouble(String what) {
        if (!troubled) log.warn("{} {}", resource, what);
        troubled = true;
    }

    private boolean abandoned(JsonNode lease, long now) {
        if (!lease.equals(seen)) {
            seen = lease;
            seenNanos = now;
            return false;
        }
        var length = lease.path("spec")
                .path("leaseDurationSeconds")
                .asLong(timing.length().toSeconds());
        return now - seenNanos > SECONDS.toNanos(length);
    }

    private ObjectNode fresh() {
        var lease =
                JSON.createObjectNode().put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
        lease.putObject("metadata")
                .put("namespace", resource.namespace().orElseThrow())
                .put("name", resource.name());
        lease.putObject("spec")
                .put("holderIdentity", identity)
                .put("leaseDurationSeconds", timing.length().toSeconds())
                .put("acquireTime", now())
                .put("renewTime", now())
                .put("leaseTransitions", 0);
        return lease;
    }

    private ObjectNode taken(JsonNode lease) {
        var taken = renewed(lease);
        var spec = taken.withObject("/spec");
        spec.put("holderIdentity", identity)
                .put("leaseDurationSeconds", timing.length().toSeconds())
                .put("acquireTime", now())
                .put("leaseTransitions", spec.path("leaseTransitions").asInt() + 1);
        return taken;
    }

    private static ObjectNode renewed(JsonNode lease) {
        ObjectNode renewed = lease.deepCopy();
        renewed.withObject("/spec").put("renewTime", now());
        return renewed;
    }

    /** So that another need not wait for it to run out. */
    private void release() {
        if (leadsUntil == null) return;
        leadsUntil = null;
        var deadline = Deadline.after(1, SECONDS);
        if (api.get(resource, deadline) instanceof Reply.Found(var lease)
                && holder(lease).equals(identity)) {
            var released = renewed(lease);
            released.withObject("/spec").put("holderIdentity", "").put("leaseDurationSeconds", 1);
            if (api.replace(resource, released.toString(), deadline) instanceof Reply.Failed failed) {
                log.warn("{} could not be released: {}", resource, failed.why());
            }
        }
    }

    private static String holder(JsonNode lease) {
        return lease.path("spec").path("holderIdentity").asText("");
    }

    /** MicroTime: six digits of a second. */
    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ".000000Z");
    }

    /** Releases the lease, if it is held and the API server answers within a second. */
    @Override
    public void close() {
        worker.interrupt();
        try {
            var _ = worker.join(Duration.ofSeconds(2));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
