package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.Nqn;

/** A look at a door from the data path, where the appliance's word counts for nothing: whether a host still gets in. */
public interface DoorCheck {
    /** What a knock showed. */
    enum Seen {
        /** The host was refused. */
        SHUT,
        /** The host would have got in. */
        OPEN,
        /** Nobody said either: no way to the data path from here, or no time. Never taken for {@link #SHUT}. */
        UNKNOWN
    }

    /** Knocks as {@code host}; leaves no session behind and never throws. */
    Seen knock(Nqn subsystem, Nqn host, Deadline deadline);

    /** Knocks at nothing. */
    static DoorCheck none() {
        return (_, _, _) -> Seen.UNKNOWN;
    }
}
