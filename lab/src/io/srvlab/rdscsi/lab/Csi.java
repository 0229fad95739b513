package io.srvlab.rdscsi.lab;

import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc.NodeBlockingStub;

/** A way to call a node plugin, wherever it runs. */
interface Csi {
    /** Each call ends within so many seconds. */
    NodeBlockingStub node(long seconds);
}
