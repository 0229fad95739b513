package io.srvlab.rdscsi.lab;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc.NodeBlockingStub;

/** A way to call a node plugin, wherever it runs. */
interface Csi {
    /** How a caller's deadline travels (gRPC over HTTP/2, Requests: Timeout). */
    Metadata.Key<String> TIMEOUT = Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

    NodeBlockingStub node();

    /** Each call ends within so many seconds. */
    default NodeBlockingStub node(long seconds) {
        return node().withDeadlineAfter(seconds, SECONDS);
    }

    /**
     * The plugin is told that each call ends within so many seconds, and is listened to until it answers: to say what it saw
     * it keeps half a second, and that is not much under emulation.
     */
    default NodeBlockingStub heardOut(long seconds) {
        var headers = new Metadata();
        headers.put(TIMEOUT, seconds + "S");
        return node().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
