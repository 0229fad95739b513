/**
 * A target of NVMe over TCP in user space: files on the network, each as an NVM subsystem of its own with one namespace, for the
 * hosts on its list. One virtual thread reads each connection, and one more serves each command that reads or writes; both
 * are bounded, as is the memory that a connection's data may take.
 *
 * <p>Taking an export away closes its connections at once and lets no further command of theirs begin. It does not wait for
 * those that have begun. A change of the list is for who comes next; it cuts nobody.
 */
@NullMarked
package io.srvlab.rdscsi.nvme.subsystem;

import org.jspecify.annotations.NullMarked;
