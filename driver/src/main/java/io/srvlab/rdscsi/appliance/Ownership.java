package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;

/** Whether a disk item is shown to be ours. */
public final class Ownership {
    private Ownership() {}

    /**
     * The readable record on {@code disk}.
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
}
