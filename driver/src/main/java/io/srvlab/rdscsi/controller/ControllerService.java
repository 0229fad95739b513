package io.srvlab.rdscsi.controller;

import com.google.protobuf.Int64Value;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.srvlab.rdscsi.appliance.Access;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.appliance.Pool;
import io.srvlab.rdscsi.appliance.Volumes;
import io.srvlab.rdscsi.fencing.Fencing;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGetCapabilitiesRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGetCapabilitiesResponse;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.ControllerServiceCapability;
import io.srvlab.rdscsi.proto.csi.v1.ControllerServiceCapability.RPC;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.DeleteVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.DeleteVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.GetCapacityRequest;
import io.srvlab.rdscsi.proto.csi.v1.GetCapacityResponse;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesRequest;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesResponse;
import io.srvlab.rdscsi.proto.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.srvlab.rdscsi.proto.csi.v1.ValidateVolumeCapabilitiesResponse;
import io.srvlab.rdscsi.proto.csi.v1.Volume;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The CSI Controller service. Problems are thrown as {@link Failed}; the server gives them their code. */
public final class ControllerService extends ControllerGrpc.ControllerImplBase {
    private static final List<RPC.Type> CAPABILITIES = List.of(
            RPC.Type.CREATE_DELETE_VOLUME,
            RPC.Type.PUBLISH_UNPUBLISH_VOLUME,
            RPC.Type.GET_CAPACITY,
            RPC.Type.LIST_VOLUMES,
            RPC.Type.LIST_VOLUMES_PUBLISHED_NODES,
            RPC.Type.VOLUME_CONDITION,
            RPC.Type.SINGLE_NODE_MULTI_WRITER);

    /** As the older Go driver. */
    private static final String MIGRATION_SECONDS = "300";

    private final Volumes volumes;
    private final Fencing fencing;
    private final BasePath basePath;
    private final Portal portal;

    public ControllerService(Volumes volumes, Fencing fencing, BasePath basePath, Portal portal) {
        this.volumes = volumes;
        this.fencing = fencing;
        this.basePath = basePath;
        this.portal = portal;
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<CreateVolumeResponse> out) {
        var creation = Creation.parse(request, basePath);
        var disk = volumes.create(creation.wanted(), deadline());
        fencing.saw(disk);
        answer(
                out,
                CreateVolumeResponse.newBuilder()
                        .setVolume(volume(disk, creation.context()))
                        .build());
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> out) {
        // An id that no volume of ours can have is one of a volume that is not there.
        VolumeId.parse(required("volume_id", request.getVolumeId()))
                .ifPresent(volume -> volumes.delete(volume, deadline()));
        answer(out, DeleteVolumeResponse.getDefaultInstance());
    }

    @Override
    public void controllerPublishVolume(
            ControllerPublishVolumeRequest request, StreamObserver<ControllerPublishVolumeResponse> out) {
        var volume = volumeId(request.getVolumeId());
        var node = node(volume, required("node_id", request.getNodeId()));
        var capability = request.getVolumeCapability();
        if (!request.hasVolumeCapability()) throw malformed("volume_capability", "is missing");
        Capabilities.check(List.of(capability));
        var way = portal.way(capability, request.getVolumeContextMap());
        var access = new Access(
                Capabilities.accessClass(capability),
                request.getReadonly() || Capabilities.readOnly(capability),
                way.fsType());
        var wanted = new Fencing.Wanted(volume, node, access, migrationLimit(request.getVolumeContextMap()));
        var context = way.to(fencing.publish(wanted, deadline()));
        answer(
                out,
                ControllerPublishVolumeResponse.newBuilder()
                        .putAllPublishContext(context.asMap())
                        .build());
    }

    @Override
    public void controllerUnpublishVolume(
            ControllerUnpublishVolumeRequest request, StreamObserver<ControllerUnpublishVolumeResponse> out) {
        var volume = VolumeId.parse(required("volume_id", request.getVolumeId()));
        var node = Optional.of(request.getNodeId()).filter(text -> !text.isEmpty());
        // A volume or a node that cannot be ours holds nothing of ours.
        if (volume.isPresent() && (node.isEmpty() || NodeName.parse(node.get()).isPresent())) {
            fencing.unpublish(volume.get(), node.flatMap(NodeName::parse), deadline());
        }
        answer(out, ControllerUnpublishVolumeResponse.getDefaultInstance());
    }

    @Override
    public void validateVolumeCapabilities(
            ValidateVolumeCapabilitiesRequest request, StreamObserver<ValidateVolumeCapabilitiesResponse> out) {
        var volume = volumeId(request.getVolumeId());
        if (request.getVolumeCapabilitiesCount() == 0) throw malformed("volume_capabilities", "at least one is needed");
        var disk =
                volumes.find(volume, deadline()).orElseThrow(() -> new Failed(new Problem.NoSuchVolume(volume.slot())));
        var _ = Ownership.recorded(disk);
        var response = ValidateVolumeCapabilitiesResponse.newBuilder();
        try {
            Capabilities.check(request.getVolumeCapabilitiesList());
            var _ = Parameters.parse(request.getParametersMap());
            response.getConfirmedBuilder()
                    .putAllVolumeContext(request.getVolumeContextMap())
                    .addAllVolumeCapabilities(request.getVolumeCapabilitiesList())
                    .putAllParameters(request.getParametersMap());
        } catch (Failed unsupported) {
            response.setMessage(unsupported.problem().sentence());
        }
        answer(out, response.build());
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> out) {
        if (request.getMaxEntries() < 0) throw malformed("max_entries", "is negative");
        var disks = volumes.list(deadline());
        disks.forEach(fencing::saw);
        var replaced = fencing.replaced(disks, deadline());
        answer(out, new Listing(volumes.clusterMark(), fencing::knownNodes, replaced).page(disks, request));
        fencing.checkRecords(disks);
    }

    @Override
    public void getCapacity(GetCapacityRequest request, StreamObserver<GetCapacityResponse> out) {
        if (request.getVolumeCapabilitiesCount() > 0) Capabilities.check(request.getVolumeCapabilitiesList());
        var base = Parameters.parse(request.getParametersMap()).basePath().orElse(basePath);
        var free = volumes.pool(base, deadline())
                .map(Pool::free)
                .orElse(Bytes.ZERO)
                .count();
        answer(
                out,
                GetCapacityResponse.newBuilder()
                        .setAvailableCapacity(free)
                        .setMaximumVolumeSize(Int64Value.of(free))
                        .setMinimumVolumeSize(Int64Value.of(Sizes.SMALLEST.count()))
                        .build());
    }

    @Override
    public void controllerGetCapabilities(
            ControllerGetCapabilitiesRequest request, StreamObserver<ControllerGetCapabilitiesResponse> out) {
        var response = ControllerGetCapabilitiesResponse.newBuilder();
        for (var type : CAPABILITIES) {
            response.addCapabilities(ControllerServiceCapability.newBuilder()
                    .setRpc(RPC.newBuilder().setType(type)));
        }
        answer(out, response.build());
    }

    private static Volume volume(Disk disk, Map<String, String> fromParameters) {
        var context = new LinkedHashMap<>(fromParameters);
        context.put("volumePath", disk.filePath());
        return Volume.newBuilder()
                .setVolumeId(disk.volume().slot())
                .setCapacityBytes(disk.size().count())
                .putAllVolumeContext(context)
                .build();
    }

    private static Duration migrationLimit(Map<String, String> volumeContext) {
        var seconds = volumeContext.getOrDefault("migrationTimeoutSeconds", MIGRATION_SECONDS);
        if (!seconds.matches("[0-9]{1,6}")) throw malformed("volume_context", "migrationTimeoutSeconds is no number");
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private static VolumeId volumeId(String text) {
        return VolumeId.parse(required("volume_id", text))
                .orElseThrow(() -> new Failed(new Problem.NoSuchVolume(text)));
    }

    private static NodeName node(VolumeId volume, String text) {
        return NodeName.parse(text).orElseThrow(() -> new Failed(new Problem.NoSuchNode(volume, text)));
    }

    private static String required(String field, String text) {
        if (text.isEmpty()) throw malformed(field, "is missing");
        return text;
    }

    private static Failed malformed(String field, String why) {
        return new Failed(new Problem.Malformed(field, why));
    }

    /** The call's own, which the server has set for every RPC. */
    private static Deadline deadline() {
        return Context.current().getDeadline();
    }

    private static <T> void answer(StreamObserver<T> out, T response) {
        out.onNext(response);
        out.onCompleted();
    }
}
