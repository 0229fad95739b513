/**
 * NVMe over TCP as Linux shows it: the subsystems, controllers and disks in sysfs, and /dev/nvme-fabrics, by which a
 * host connects. Knows no volume and no appliance. NVMe/TCP without the kernel is in the packages below: {@code wire},
 * {@code host}, {@code subsystem}.
 */
@NullMarked
package io.srvlab.rdscsi.nvme;

import org.jspecify.annotations.NullMarked;
