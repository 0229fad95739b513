package io.srvlab.rdscsi.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc.ControllerBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A controller in a process of its own, and its sidecars' calls, each with the attacher's deadline. */
final class Controller implements AutoCloseable {
    /** csi-attacher's {@code --timeout}. */
    private static final long DEADLINE_SECONDS = 15;
    /** Of what is not measured. */
    private static final long PATIENCE_SECONDS = 60;

    private static final VolumeCapability WRITER = VolumeCapability.newBuilder()
            .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
            .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.SINGLE_NODE_WRITER))
            .build();

    private final Program program;
    private final CsiChannel channel;

    Controller(Path launcher, Path directory, String driverName, Rds rds, Path kubeconfig) throws IOException {
        var arguments = new ArrayList<>(List.of(
                "controller",
                "--endpoint=unix://" + directory.resolve("csi.sock"),
                "--driver-name=" + driverName,
                "--cluster=kubernetes",
                "--kubeconfig=" + kubeconfig));
        arguments.addAll(rds.options());
        program = new Program(launcher, directory.resolve("controller.log"), arguments);
        channel = new CsiChannel(Endpoint.parse(program.ready("endpoint")));
    }

    /** One command line on the appliance, and nothing else. */
    void probe() {
        var answer = IdentityGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(DEADLINE_SECONDS, SECONDS)
                .probe(ProbeRequest.getDefaultInstance());
        if (!answer.getReady().getValue()) throw new IllegalStateException("the controller is not ready");
    }

    void create(Placement placement) {
        var volume = ControllerGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(PATIENCE_SECONDS, SECONDS)
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(placement.volume())
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(16L << 20))
                        .addVolumeCapabilities(WRITER)
                        .build())
                .getVolume();
        if (!volume.getVolumeId().equals(placement.volume())) {
            throw new IllegalStateException("the name of the volume is not its id: " + volume.getVolumeId());
        }
    }

    void publish(Placement placement) {
        var _ = stub().controllerPublishVolume(ControllerPublishVolumeRequest.newBuilder()
                .setVolumeId(placement.volume())
                .setNodeId(placement.node())
                .setVolumeCapability(WRITER)
                .build());
    }

    /** Publishes what another node holds, and sees it refused. */
    void conflict(Placement placement) {
        try {
            publish(placement.elsewhere());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) return;
            throw e;
        }
        throw new IllegalStateException(placement.volume() + " was given to a second node");
    }

    void unpublish(Placement placement) {
        var _ = stub().controllerUnpublishVolume(ControllerUnpublishVolumeRequest.newBuilder()
                .setVolumeId(placement.volume())
                .setNodeId(placement.node())
                .build());
    }

    /** What it holds in memory (VmRSS), in MiB. */
    double rss() throws IOException {
        return program.rss();
    }

    private ControllerBlockingStub stub() {
        return ControllerGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(DEADLINE_SECONDS, SECONDS);
    }

    @Override
    public void close() {
        channel.close();
        program.close();
    }
}
