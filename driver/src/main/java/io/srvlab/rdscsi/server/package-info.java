/** gRPC on unix sockets: deadlines, one log line per RPC, and the one place where a problem gets its code. */
@NullMarked
package io.srvlab.rdscsi.server;

import org.jspecify.annotations.NullMarked;
