package io.srvlab.rdscsi.simulator.device;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A network with an address of its own. The doors may be told before {@link #start}; nobody is let in before it. */
public interface Portal extends Network, AutoCloseable {
    /** Lets hosts in. */
    void start() throws IOException;

    InetSocketAddress address();

    /** Cuts everybody. */
    @Override
    void close() throws IOException;
}
