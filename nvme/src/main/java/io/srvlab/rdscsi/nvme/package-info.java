/** Talking to RouterOS. */
@NullMarked
package io.srvlab.rdscsi.nvme;

import org.jspecify.annotations.NullMarked;
