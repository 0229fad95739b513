/**
 * The appliance's data path on the kernel's own NVMe/TCP target (nvmet), set up through configfs: the same doors as in user
 * space, for hosts that are to meet a real kernel's target. Linux: {@code drivers/nvme/target/configfs.c}.
 */
@NullMarked
package io.srvlab.rdscsi.simulator.kernel;

import org.jspecify.annotations.NullMarked;
