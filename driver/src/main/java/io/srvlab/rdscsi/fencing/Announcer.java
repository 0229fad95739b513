package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.Event;
import io.srvlab.rdscsi.cluster.Event.Reason;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells the users of a volume, in the cluster's own way, what happened to its attachment. */
public final class Announcer implements Consumer<Happening> {
    private final Cluster cluster;
    private final Supplier<String> caveat;

    /**
     * An announcer to {@code cluster}.
     *
     * @param caveat goes behind each sentence that says a host was cut: what is not shown of cuts on this appliance, or nothing
     */
    public Announcer(Cluster cluster, Supplier<String> caveat) {
        this.cluster = cluster;
        this.caveat = caveat;
    }

    @Override
    public void accept(Happening happening) {
        event(happening).ifPresent(cluster::post);
    }

    private Optional<Event> event(Happening happening) {
        return switch (happening) {
            case Happening.Attached(var volume, var node, var claim) ->
                Optional.of(new Event(
                        volume, Reason.VOLUME_ATTACHED, "Attached to " + node + " (claim " + claim + ").", "" + claim));
            case Happening.Detached(var volume, var node, var clean) ->
                Optional.of(new Event(
                        volume,
                        Reason.VOLUME_DETACHED,
                        "Detached from " + node
                                + (clean ? "." : ": its access was cut at the appliance." + caveat.get()),
                        node.text()));
            case Happening.Conflict(var volume, var holders, var asking) ->
                Optional.of(new Event(
                        volume,
                        Reason.ATTACHMENT_CONFLICT,
                        "Volume " + volume + " is attached to " + holders + ", cannot attach to " + asking
                                + ". Stop the pod on " + holders
                                + " and let it detach; if that node is dead, delete its"
                                + " Node object or taint it node.kubernetes.io/out-of-service.",
                        holders + ">" + asking));
            case Happening.TakenOver(var volume, var holder, var by) ->
                Optional.of(new Event(
                        volume,
                        Reason.STALE_ATTACHMENT_CLEARED,
                        "Node " + holder + " is gone; its access was cut at the appliance, and " + by
                                + " can have the volume." + caveat.get(),
                        holder + ">" + by));
            case Happening.MigrationStarted(var volume, var from, var to) ->
                Optional.of(new Event(
                        volume,
                        Reason.MIGRATION_STARTED,
                        to + " shares the volume with " + from + " now.",
                        from + ">" + to));
            case Happening.MigrationCompleted(var volume, var from, var to) ->
                Optional.of(new Event(
                        volume,
                        Reason.MIGRATION_COMPLETED,
                        from + " has let go of the volume, " + to + " has it alone.",
                        from + ">" + to));
            case Happening.MigrationFailed(var volume, var from, var to, var why) ->
                Optional.of(new Event(
                        volume, Reason.MIGRATION_FAILED, "From " + from + " to " + to + ": " + why, from + ">" + to));
            case Happening.OldRecord(var volume, var found, var known) ->
                Optional.of(new Event(
                        volume,
                        Reason.OLD_RECORD,
                        "The appliance's record says claim " + found + ", but claim " + known
                                + " has been given since: the volume was cut and locked. Look at its data, then: rds-csi"
                                + " volume unlock " + volume,
                        "" + known));
            case Happening.NotEnforced(var volume, var why) ->
                Optional.of(new Event(
                        volume,
                        Reason.NOT_ENFORCED,
                        "Detached in the books only (--fencing=advisory), nothing keeps a second writer out: " + why,
                        ""));
            case Happening.Cut _, Happening.Drained _, Happening.Checked _ -> Optional.empty();
        };
    }
}
