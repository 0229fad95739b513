/**
 * Who may hold a volume. The disk item on the appliance is the only state: what is there is read, decided on ({@link
 * io.srvlab.rdscsi.fencing.Decision}), changed by guarded sets, and read back before anything is answered.
 *
 * <p>Within this process one operation runs per volume ({@link io.srvlab.rdscsi.volume.VolumeLocks}); against other
 * processes the guards alone protect: every set names the comment that it expects.
 */
@NullMarked
package io.srvlab.rdscsi.fencing;

import org.jspecify.annotations.NullMarked;
