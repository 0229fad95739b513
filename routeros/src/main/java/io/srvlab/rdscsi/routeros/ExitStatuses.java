package io.srvlab.rdscsi.routeros;

import io.grpc.Deadline;
import java.util.ArrayList;
import java.util.List;

/**
 * The exit statuses of SSH execs. {@link Ssh} believes none of them; this is for whoever asks how far one could be
 * believed. One connection, one exec at a time.
 */
public final class ExitStatuses {
    private ExitStatuses() {}

    /** The statuses of so many runs of {@code script}, until {@code deadline}; those that brought none are left out. */
    public static List<Integer> of(SshConfig config, Script script, int times, Deadline deadline)
            throws InterruptedException {
        var patience = Patience.until(deadline);
        var dialer = new Dialer(config);
        var statuses = new ArrayList<Integer>();
        try {
            var connection = dialer.dial(patience);
            for (int i = 0; i < times && connection.enter(); i++) {
                var exec = new Exec(script.render("end"), patience);
                if (connection.send(exec, patience) && Patience.await(exec.closed, patience.left())) {
                    var status = exec.getExitStatus();
                    if (status != null) statuses.add(status);
                }
                connection.leave();
            }
        } catch (NotSent e) {
            // Whoever cannot be asked has no status to tell.
        } finally {
            dialer.close();
        }
        return statuses;
    }
}
