package io.srvlab.rdscsi.nvme.subsystem;

import java.util.Set;
import java.util.UUID;

/**
 * What is to be on the network: a subsystem with one namespace, whose id is 1.
 *
 * @param subsystem its NQN
 * @param hosts the NQNs of the hosts that are let in; none: any host
 * @param id of the namespace, the same for the same data always and shared with no other
 * @param backing closed by the target when the export is taken away and its last command has ended
 * @param traffic counted here
 */
public record Export(String subsystem, Set<String> hosts, UUID id, Backing backing, Traffic traffic) {
    public Export {
        hosts = Set.copyOf(hosts);
    }
}
