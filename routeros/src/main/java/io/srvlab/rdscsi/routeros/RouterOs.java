package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;

/** A way in to one appliance. Safe for use by many threads at once. */
public interface RouterOs extends AutoCloseable {
    /**
     * Runs {@code script} as one command line. Blocks until the reply is there or {@code deadline} has passed, never
     * longer; after that nothing of the script is sent any more. A script that changes something is sent only while {@link
     * Script#TO_CHANGE} of the deadline is left, however long it had to wait for its turn. Nothing is ever sent twice.
     */
    Reply run(Script script, Deadline deadline);

    /**
     * The same appliance, for scripts that take a volume from a host, and for the reads that decide on it: they go first.
     * One of the lanes that this way in may use at once is kept for them, apart from whatever could hang the others; while
     * it is busy they take the next lane that falls free, before every other script that waits. So what is in front delays
     * none of them by more than one answer. Where there is one lane only, they are the first in its queue. Closing
     * this closes the whole way in.
     */
    RouterOs fencing();

    /** Ends all sessions; a script that is running comes back as {@link Reply.CouldNotAsk}. */
    @Override
    void close();
}
