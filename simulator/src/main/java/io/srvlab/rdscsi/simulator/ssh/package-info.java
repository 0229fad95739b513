/** The SSH service of the appliance: who gets in, and one {@code exec} per command line. What a line means is the caller's. */
@NullMarked
package io.srvlab.rdscsi.simulator.ssh;

import org.jspecify.annotations.NullMarked;
