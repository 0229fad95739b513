package io.srvlab.rdscsi.probe;

import io.srvlab.rdscsi.routeros.Command;
import java.util.List;

/** What of a way in is not the same over SSH and REST: how many may come at once, and how a line's end shows. */
public interface Crowd {
    /** How many command lines the driver may have running at once. */
    int sessions();

    /** As how many users they come, each with policies of its own. Of several each is asked in a lane of its own. */
    int users();

    /**
     * The exit statuses of so many runs of a line that fails; those that brought none are left out.
     *
     * @return empty where there is no such thing
     */
    List<Integer> exitStatuses(Command failing, int times) throws InterruptedException;
}
