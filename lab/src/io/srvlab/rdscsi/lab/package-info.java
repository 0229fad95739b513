/** Scenarios that run in a guest with a real NVMe/TCP target and initiator: {@code lab/run}. */
@NullMarked
package io.srvlab.rdscsi.lab;

import org.jspecify.annotations.NullMarked;
