package io.srvlab.rdscsi.simulator;

import java.net.InetSocketAddress;

/** Who serves the disks over NVMe/TCP, and where. */
public sealed interface Nvme {
    InetSocketAddress address();

    /** This process; port 0 takes any free one. */
    record UserSpace(InetSocketAddress address) implements Nvme {}

    /** This machine's kernel, by its configfs; that needs root, and a port. */
    record Kernel(InetSocketAddress address) implements Nvme {}
}
