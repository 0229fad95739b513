package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.Claim;
import io.srvlab.rdscsi.volume.Nqn;

/**
 * A volume that a host holds, as it was read back.
 *
 * @param subsystem NQN of its door
 * @param host NQN that is admitted, with the UUID {@code hostId} in it
 */
public record Attachment(Claim claim, Nqn subsystem, Nqn host, String hostId) {}
