package io.srvlab.rdscsi.cluster;

import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a live look at one Node object showed. */
public sealed interface Presence {
    /**
     * The Node is there, and nobody has declared it dead.
     *
     * @param uid of the Node object: the same name with another UID is another machine
     * @param ready its condition Ready is True
     * @param deleting somebody has begun to delete the Node object
     * @param inUse the volumes of this driver that its kubelet says are in use (staged, or about to be); nothing where the
     *     cluster does not tell
     */
    record Exists(UUID uid, boolean ready, boolean deleting, Optional<Set<VolumeId>> inUse) implements Presence {
        public Exists {
            inUse = inUse.map(Set::copyOf);
        }
    }

    /**
     * The Node object is there, and the operator vouches that the machine is not running: it has the taint {@code
     * node.kubernetes.io/out-of-service}.
     */
    record OutOfService(UUID uid) implements Presence {}

    /** Asked, and there is no such Node. */
    record Absent() implements Presence {}

    /** Not answered: the Node may be there or not. */
    record Unanswered(String why) implements Presence {}
}
