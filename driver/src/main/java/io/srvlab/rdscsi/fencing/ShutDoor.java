package io.srvlab.rdscsi.fencing;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.Problem;
import java.util.function.Consumer;

/**
 * Checks, from the data path, that a cut which the appliance shows has been one: the hosts on the item's list, which a cut
 * leaves as it was, are refused under the item's name. It can only say no: a door that could not be looked at is no worse than
 * without this check.
 */
record ShutDoor(DoorCheck check, Consumer<Happening> listener) {
    /**
     * Nothing, unless a host still gets in.
     *
     * @throws Failed with {@link Problem.DoorOpen} then
     */
    void need(Disk cut, Deadline deadline) {
        if (cut.subsystem().isEmpty() || cut.allowed().isEmpty()) return;
        for (var host : cut.allowed().split(",", -1)) {
            var seen = knock(cut.subsystem(), host, deadline);
            listener.accept(new Happening.Checked(cut.volume(), seen));
            if (seen == DoorCheck.Seen.OPEN)
                throw new Failed(new Problem.DoorOpen(cut.volume(), cut.subsystem(), host));
        }
    }

    private DoorCheck.Seen knock(String subsystem, String host, Deadline deadline) {
        try {
            return check.knock(new Nqn(subsystem), new Nqn(host), deadline);
        } catch (IllegalArgumentException _) {
            // Somebody's own words in place of a name: nothing that a host could come by.
            return DoorCheck.Seen.UNKNOWN;
        }
    }
}
