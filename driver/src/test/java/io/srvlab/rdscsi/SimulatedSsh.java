package io.srvlab.rdscsi;

import io.srvlab.rdscsi.routeros.SshConfig;
import io.srvlab.rdscsi.simulator.Simulator;

/** The way into a simulator over SSH. */
public final class SimulatedSsh {
    private SimulatedSsh() {}

    public static SshConfig of(Simulator simulator) {
        return new SshConfig(
                simulator.user(),
                simulator.sshAddress().getHostString(),
                simulator.sshAddress().getPort(),
                simulator.clientKey(),
                simulator.hostKeyFingerprint(),
                SshConfig.SESSIONS);
    }
}
