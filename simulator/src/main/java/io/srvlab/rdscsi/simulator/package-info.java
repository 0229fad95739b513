/** Talking to RouterOS. */
@NullMarked
package io.srvlab.rdscsi.simulator;

import org.jspecify.annotations.NullMarked;
