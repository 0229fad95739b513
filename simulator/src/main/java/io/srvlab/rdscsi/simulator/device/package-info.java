/**
 * What the appliance holds: disks, files, a pool, and the menus that show and change them. It outlives a restart and a
 * kill at any instant. Nothing here knows the console's language or SSH.
 *
 * <p>One lock, {@link io.srvlab.rdscsi.simulator.device.Device}'s own monitor, guards all of it. It is held over the
 * state file's fsync on purpose: what was answered must be on disk, in the order in which it was answered.
 */
@NullMarked
package io.srvlab.rdscsi.simulator.device;

import org.jspecify.annotations.NullMarked;
