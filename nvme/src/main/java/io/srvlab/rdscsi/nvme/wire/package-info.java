/**
 * NVMe over TCP as bytes: PDUs, commands, completions, and the data structures that hosts and targets exchange. Everything
 * that comes in is checked before it is believed and before memory is taken for it; what is malformed is a
 * {@link io.srvlab.rdscsi.nvme.wire.ProtocolError} and nothing else. Numbers are little-endian throughout.
 *
 * <p>Sources: NVM Express Base Specification 2.0, NVMe over Fabrics 1.1, NVM Express TCP Transport Specification 1.0, NVM
 * Command Set Specification 1.0.
 */
@NullMarked
package io.srvlab.rdscsi.nvme.wire;

import org.jspecify.annotations.NullMarked;
