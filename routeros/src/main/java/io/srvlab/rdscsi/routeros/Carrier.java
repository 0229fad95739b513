package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.routeros.Lanes.Lane;
import io.srvlab.rdscsi.routeros.Lanes.Rank;

/** What brings scripts to the appliance and their answers back. Whose turn it is, and when to give up, is decided outside. */
interface Carrier {
    /** A script on its way: {@code sending} is until when it may be sent, {@code answering} until when it may be answered. */
    record Run(Script script, Rank rank, Patience sending, Patience answering) {}

    /**
     * Sends the script once at most, and waits for what comes of it. A lane in which no answer came in time is to be told:
     * {@link Lane#hung}.
     *
     * @param lane used by nobody else meanwhile
     * @throws NotSent if nothing of it has been sent, nor will be
     */
    Reply carry(Run run, Lane lane) throws NotSent, InterruptedException;

    /** For people: {@code ssh rds-csi@10.0.0.1:22}. */
    String name();

    /** Ends all connections; what runs is answered with {@link Reply.CouldNotAsk}. */
    void close();
}
