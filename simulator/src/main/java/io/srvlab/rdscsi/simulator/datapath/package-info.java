/**
 * The appliance's data path: its doors as subsystems of a user-space NVMe/TCP target, all on one port, whichever
 * {@code nvme-tcp-server-port} says. A list that changes while the export is on is for who comes next; export off cuts every
 * session at once and does not wait for writes that have begun.
 */
@NullMarked
package io.srvlab.rdscsi.simulator.datapath;

import org.jspecify.annotations.NullMarked;
