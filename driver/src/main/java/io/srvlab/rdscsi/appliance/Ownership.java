package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;

/** Whether a disk item is shown to be ours. */
public final class Ownership {
    private Ownership() {}

    /**
     * The readable record on {@code disk}, whatever cluster wrote it.
     *
     * @throws Failed with {@link Problem.NotOurs} where there is none, {@link Problem.Unreadable} where it cannot be read
     */
    public static Comment.Recorded recorded(Disk disk) {
        if (disk.comment() instanceof Comment.Recorded recorded) return recorded;
        throw refused(disk);
    }

    /** Why {@code disk}, which has no readable record, is left as it is. */
    public static Failed refused(Disk disk) {
        return new Failed(
                switch (disk.comment()) {
                    case Comment.Recorded _ -> throw new IllegalArgumentException("it has a record: " + disk);
                    case Comment.Unset _ -> new Problem.NotOurs(disk.volume(), "it has no comment");
                    case Comment.Foreign(var text) ->
                        new Problem.NotOurs(disk.volume(), "its comment is '" + text + "'");
                    case Comment.Unreadable(var _, var why) -> new Problem.Unreadable(disk.volume(), why);
                    case Comment.Newer(var _, var why) -> new Problem.Newer(disk.volume(), why);
                });
    }

    /**
     * The readable record that the cluster of that mark wrote. Also a volume that nobody holds has a cluster: whose it is
     * decides who may delete it and who may take it over.
     *
     * @throws Failed as {@link #recorded(Disk)}, and with {@link Problem.OtherCluster}
     */
    public static Comment.Recorded recorded(Disk disk, String clusterMark) {
        var recorded = recorded(disk);
        if (!recorded.ledger().cluster().equals(clusterMark)) {
            throw new Failed(
                    new Problem.OtherCluster(disk.volume(), recorded.ledger().holderNames()));
        }
        return recorded;
    }
}
