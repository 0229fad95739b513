package io.srvlab.rdscsi.routeros;

/**
 * The REST service of an appliance, over TLS. Each script is a {@code POST /rest/execute} that waits for what the script
 * prints; each user of {@link RestConfig#users} is a lane, since RouterOS serves one request at a time for each. A script
 * that is not answered in time takes its connection with it, and its user goes to the end of the queue of lanes: RouterOS
 * may be at it still. It ends a request after 60 s, and the script goes on then (REST API manual, "Timeout").
 *
 * <p>As with {@link Ssh}, nothing is sent after the deadline by this process, and what the operating system has taken over by
 * then may still arrive.
 */
public final class Rest {
    private Rest() {}

    /** Does not connect: the first script does. */
    public static RouterOs open(RestConfig config) {
        return new WayIn(new RestCarrier(config), new Lanes(config.users().size()));
    }
}
