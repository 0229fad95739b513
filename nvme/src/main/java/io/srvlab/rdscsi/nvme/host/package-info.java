/**
 * A host of NVMe over TCP in user space: it knocks at a subsystem, discovers, identifies, reads and writes. One session is
 * an admin queue and, unless it talks to a discovery service, one I/O queue, each a connection of its own.
 *
 * <p>No call waits longer than its timeout. A session of which something was not answered in time, or whose other side broke
 * the protocol, is over as a whole: which of its commands took effect is not known, and nothing is sent again.
 */
@NullMarked
package io.srvlab.rdscsi.nvme.host;

import org.jspecify.annotations.NullMarked;
