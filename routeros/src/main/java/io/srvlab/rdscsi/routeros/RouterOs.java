package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;

/** A way in to one appliance. Safe for use by many threads at once. */
public interface RouterOs extends AutoCloseable {
    /**
     * Runs {@code script} as one command line. Blocks until the reply is there or {@code deadline} has passed, never
     * longer; after that nothing of the script is sent any more. Nothing is ever sent twice.
     */
    Reply run(Script script, Deadline deadline);

    /** Ends all sessions; a script that is running comes back as {@link Reply.CouldNotAsk}. */
    @Override
    void close();
}
