package io.srvlab.rdscsi.server;

import com.google.protobuf.BoolValue;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.srvlab.rdscsi.proto.csi.v1.GetPluginCapabilitiesRequest;
import io.srvlab.rdscsi.proto.csi.v1.GetPluginCapabilitiesResponse;
import io.srvlab.rdscsi.proto.csi.v1.GetPluginInfoRequest;
import io.srvlab.rdscsi.proto.csi.v1.GetPluginInfoResponse;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.PluginCapability;
import io.srvlab.rdscsi.proto.csi.v1.PluginCapability.Service;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ProbeResponse;
import java.util.function.Predicate;

/** The CSI Identity service, the same on the controller's and on the node's socket. */
public final class IdentityService extends IdentityGrpc.IdentityImplBase {
    private final String driverName;
    private final String version;
    private final Predicate<Deadline> ready;

    /**
     * An identity.
     *
     * @param driverName as the CSIDriver object is called
     * @param ready whether what this socket needs answers; never throws
     */
    public IdentityService(String driverName, String version, Predicate<Deadline> ready) {
        this.driverName = driverName;
        this.version = version;
        this.ready = ready;
    }

    @Override
    public void getPluginInfo(GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> out) {
        out.onNext(GetPluginInfoResponse.newBuilder()
                .setName(driverName)
                .setVendorVersion(version)
                .build());
        out.onCompleted();
    }

    @Override
    public void getPluginCapabilities(
            GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> out) {
        out.onNext(GetPluginCapabilitiesResponse.newBuilder()
                .addCapabilities(PluginCapability.newBuilder()
                        .setService(Service.newBuilder().setType(Service.Type.CONTROLLER_SERVICE)))
                .build());
        out.onCompleted();
    }

    /** Not ready is an answer, never an error: a restart of this process would not bring the appliance back. */
    @Override
    public void probe(ProbeRequest request, StreamObserver<ProbeResponse> out) {
        var isReady = ready.test(Context.current().getDeadline());
        out.onNext(ProbeResponse.newBuilder().setReady(BoolValue.of(isReady)).build());
        out.onCompleted();
    }
}
