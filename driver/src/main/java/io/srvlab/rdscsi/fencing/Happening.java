package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;

/** What became of a volume's attachment, for events and figures. Whoever listens returns at once and never throws. */
public sealed interface Happening {
    VolumeId volume();

    /** {@code node} was let in under a new claim. */
    record Attached(VolumeId volume, NodeName node, Claim claim) implements Happening {}

    /**
     * {@code node} is out.
     *
     * @param clean it had left by itself, so nothing had to be cut
     */
    record Detached(VolumeId volume, NodeName node, boolean clean) implements Happening {}

    /** {@code asking} was refused, because {@code holders} have the volume. */
    record Conflict(VolumeId volume, String holders, NodeName asking) implements Happening {}

    /** {@code holder} is gone, and its attachment was ended so that {@code by} can have the volume. */
    record TakenOver(VolumeId volume, NodeName holder, NodeName by) implements Happening {}

    /** {@code to} shares the volume with {@code from} now. */
    record MigrationStarted(VolumeId volume, NodeName from, NodeName to) implements Happening {}

    /** {@code from} has left, {@code to} has the volume alone. */
    record MigrationCompleted(VolumeId volume, NodeName from, NodeName to) implements Happening {}

    /** {@code to} has left or was put out again, or {@code from} has not left in time. */
    record MigrationFailed(VolumeId volume, NodeName from, NodeName to, String why) implements Happening {}

    /** An attachment was ended at the appliance while its node may still have used it. */
    record Cut(VolumeId volume, Reason why) implements Happening {}

    /** Why an attachment was cut. */
    enum Reason {
        UNPUBLISH,
        HOLDER_GONE,
        TORN,
        OLD_RECORD
    }

    /** What was cut has shown to be finished, or has not. */
    record Drained(VolumeId volume, How how) implements Happening {}

    /** What ended a drain. */
    enum How {
        COUNTED,
        SETTLED,
        FAILED
    }

    /** After a cut, somebody knocked at the door from the data path. */
    record Checked(VolumeId volume, DoorCheck.Seen seen) implements Happening {}

    /** The record on the appliance is older than an attachment that the cluster knows of: cut and locked. */
    record OldRecord(VolumeId volume, Claim found, Claim known) implements Happening {}

    /** {@code --fencing=advisory}: what should have been shown was not, and OK was answered all the same. */
    record NotEnforced(VolumeId volume, String why) implements Happening {}
}
