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
        return switch (disk.comment()) {
            case Comment.Recorded recorded -> recorded;
            case Comment.Unset _ -> throw new Failed(new Problem.NotOurs(disk.volume(), "it has no comment"));
            case Comment.Foreign(var text) ->
                throw new Failed(new Problem.NotOurs(disk.volume(), "its comment is '" + text + "'"));
            case Comment.Unreadable(var _, var why) -> throw new Failed(new Problem.Unreadable(disk.volume(), why));
            case Comment.Newer(var _, var why) -> throw new Failed(new Problem.Newer(disk.volume(), why));
        };
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
