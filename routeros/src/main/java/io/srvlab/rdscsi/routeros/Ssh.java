package io.srvlab.rdscsi.routeros;

/**
 * The SSH console of an appliance. Each script is an exec of its own; at most {@link SshConfig#sessions} run at once.
 * Those of {@link RouterOs#fencing} have a connection to themselves, which is kept at hand from the first of them on; the
 * others share one that is made when first needed. A script that is not answered in time takes its connection with it:
 * later scripts get a new one, those still running on the old one may finish.
 *
 * <p>After the deadline this process sends nothing. But what the operating system has taken over by then it may still
 * deliver, minutes later, once a broken network is whole again: such a script's fate is {@code UNKNOWN}, and writes must
 * be guarded by what they expect to find.
 */
public final class Ssh {
    private Ssh() {}

    /** Does not connect: the first script does. */
    public static RouterOs open(SshConfig config) {
        return new WayIn(new SshCarrier(config), new Lanes(config.sessions()));
    }
}
