/**
 * Talking to RouterOS: {@link io.srvlab.rdscsi.routeros.Script scripts} of {@link io.srvlab.rdscsi.routeros.Command
 * commands}, the ways in that carry them, and the {@link io.srvlab.rdscsi.routeros.Reply replies}. No word of CSI.
 */
@NullMarked
package io.srvlab.rdscsi.routeros;

import org.jspecify.annotations.NullMarked;
