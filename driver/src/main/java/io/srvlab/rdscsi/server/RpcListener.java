package io.srvlab.rdscsi.server;

import io.grpc.Status;
import java.time.Duration;

/** Hears how each RPC ended, just before its caller does and on the same thread. */
@FunctionalInterface
public interface RpcListener {
    /** For a server whose RPCs nobody counts. */
    RpcListener NONE = (_, _, _) -> {};

    /**
     * An RPC is answered.
     *
     * @param method without its service: {@code CreateVolume}
     * @param code as this server answers; a caller that gave up earlier has seen another
     */
    void ended(String method, Status.Code code, Duration took);
}
