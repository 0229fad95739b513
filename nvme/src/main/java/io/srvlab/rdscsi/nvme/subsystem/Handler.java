package io.srvlab.rdscsi.nvme.subsystem;

import java.io.IOException;

/** Carries out the commands of one kind of queue. */
interface Handler {
    /**
     * Carries out one.
     *
     * @throws IOException the connection is lost or must not go on
     */
    Answer handle(Request request) throws Rejected, IOException;

    /** Whether commands may be carried out at the same time, each in a thread of its own; else in the order of their arrival. */
    boolean concurrent();
}
