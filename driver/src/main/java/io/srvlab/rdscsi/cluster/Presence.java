package io.srvlab.rdscsi.cluster;

import java.util.UUID;

/** What a live look at one Node object showed. */
public sealed interface Presence {
    /**
     * The Node is there.
     *
     * @param uid of the Node object: the same name with another UID is another machine
     */
    record Exists(UUID uid) implements Presence {}

    /** Asked, and there is no such Node. */
    record Absent() implements Presence {}

    /** Not answered: the Node may be there or not. */
    record Unanswered(String why) implements Presence {}
}
