package io.srvlab.rdscsi.node;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.proto.csi.v1.NodeExpandVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeExpandVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetCapabilitiesRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetCapabilitiesResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetInfoRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetInfoResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeServiceCapability;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeResponse;
import io.srvlab.rdscsi.volume.Failed;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** CSI's Node service. Every method: read the request, one call into the domain, answer; a refusal is a {@link Failed}. */
public final class NodeService extends NodeGrpc.NodeImplBase implements AutoCloseable {
    private static final int OPERATIONS_MAX = 64;
    /** Apart from the others: a hundred dead mounts must not keep a volume from being unstaged. */
    private static final int STATISTICS_MAX = 16;

    private static final long WITHOUT_DEADLINE_SECONDS = 60;
    /** Kubelet asks about each volume in turn, and one that does not answer must not keep it from the others. */
    private static final long STATISTICS_SECONDS_MAX = 2;
    /** Between the two looks at sessions that nobody uses: kubelet asks again within this time for what it wants. */
    private static final Duration SCRUB_LATER = Duration.ofSeconds(20);

    private final NodeConfig config;
    private final Operations operations;
    private final Staging staging;
    private final Publishing publishing;
    private final Expansion expansion;
    private final Statistics statistics;
    private final Optional<SessionUpkeep> upkeep;

    public NodeService(NodeConfig config, Transport transport) {
        this(config, transport, Programs.OF_THE_SYSTEM);
    }

    NodeService(NodeConfig config, Transport transport, Programs programs) {
        this.config = config;
        operations = new Operations(config.node(), OPERATIONS_MAX);
        var staged = new StagedVolumes(config.state());
        var places = new Places(config.kubeletDirectory());
        staging = new Staging(transport, places, new Formatting(programs), staged);
        publishing = new Publishing(transport, places);
        expansion = new Expansion(transport, places);
        statistics = new Statistics(new Operations(config.node(), STATISTICS_MAX), transport, places, staged);
        upkeep = switch (transport) {
            case NvmeTransport nvme -> Optional.of(new SessionUpkeep(nvme, staged, operations));
            case LoopTransport _ -> Optional.empty();
        };
    }

    /** Begins what is done apart from calls; returns at once. */
    public void start() {
        upkeep.ifPresent(sessions -> Thread.ofVirtual().name("upkeep").start(() -> {
            sessions.restorePatience();
            try {
                sessions.scrub(() -> Thread.sleep(SCRUB_LATER));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** Leaves every volume as it is, ready for this process to be followed by another, or by the node's shutdown. */
    @Override
    public void close() {
        upkeep.ifPresent(SessionUpkeep::shortenPatience);
    }

    @Override
    public void nodeGetInfo(NodeGetInfoRequest request, StreamObserver<NodeGetInfoResponse> out) {
        answer(
                out,
                NodeGetInfoResponse.newBuilder()
                        .setNodeId(config.node().text())
                        .setMaxVolumesPerNode(config.volumesMax())
                        .build());
    }

    @Override
    public void nodeGetCapabilities(
            NodeGetCapabilitiesRequest request, StreamObserver<NodeGetCapabilitiesResponse> out) {
        answer(
                out,
                NodeGetCapabilitiesResponse.newBuilder()
                        .addCapabilities(capability(NodeServiceCapability.RPC.Type.STAGE_UNSTAGE_VOLUME))
                        .addCapabilities(capability(NodeServiceCapability.RPC.Type.GET_VOLUME_STATS))
                        .addCapabilities(capability(NodeServiceCapability.RPC.Type.VOLUME_CONDITION))
                        .addCapabilities(capability(NodeServiceCapability.RPC.Type.SINGLE_NODE_MULTI_WRITER))
                        .build());
    }

    @Override
    public void nodeStageVolume(NodeStageVolumeRequest request, StreamObserver<NodeStageVolumeResponse> out) {
        var stage = Requests.Stage.parse(request);
        operations.perform(stage.volume(), deadline(), operation -> staging.stage(stage, operation));
        answer(out, NodeStageVolumeResponse.getDefaultInstance());
    }

    @Override
    public void nodeUnstageVolume(NodeUnstageVolumeRequest request, StreamObserver<NodeUnstageVolumeResponse> out) {
        var unstage = Requests.Unstage.parse(request);
        operations.perform(unstage.volume(), deadline(), operation -> staging.unstage(unstage, operation));
        answer(out, NodeUnstageVolumeResponse.getDefaultInstance());
    }

    @Override
    public void nodePublishVolume(NodePublishVolumeRequest request, StreamObserver<NodePublishVolumeResponse> out) {
        var publish = Requests.Publish.parse(request);
        operations.perform(publish.volume(), deadline(), operation -> publishing.publish(publish, operation));
        answer(out, NodePublishVolumeResponse.getDefaultInstance());
    }

    @Override
    public void nodeUnpublishVolume(
            NodeUnpublishVolumeRequest request, StreamObserver<NodeUnpublishVolumeResponse> out) {
        var unpublish = Requests.Unpublish.parse(request);
        operations.perform(unpublish.volume(), deadline(), operation -> publishing.unpublish(unpublish, operation));
        answer(out, NodeUnpublishVolumeResponse.getDefaultInstance());
    }

    @Override
    public void nodeExpandVolume(NodeExpandVolumeRequest request, StreamObserver<NodeExpandVolumeResponse> out) {
        var expand = Requests.Expand.parse(request);
        var bytes = operations.ask(expand.volume(), deadline(), operation -> expansion.expand(expand, operation));
        answer(
                out,
                NodeExpandVolumeResponse.newBuilder().setCapacityBytes(bytes).build());
    }

    @Override
    public void nodeGetVolumeStats(NodeGetVolumeStatsRequest request, StreamObserver<NodeGetVolumeStatsResponse> out) {
        var stats = Requests.Stats.parse(request);
        var deadline = deadline().minimum(Deadline.after(STATISTICS_SECONDS_MAX, TimeUnit.SECONDS));
        answer(out, StatisticsAnswer.of(statistics.ask(stats.volume(), stats.path(), deadline)));
    }

    private static NodeServiceCapability capability(NodeServiceCapability.RPC.Type type) {
        return NodeServiceCapability.newBuilder()
                .setRpc(NodeServiceCapability.RPC.newBuilder().setType(type))
                .build();
    }

    private static Deadline deadline() {
        var deadline = Context.current().getDeadline();
        return deadline == null ? Deadline.after(WITHOUT_DEADLINE_SECONDS, TimeUnit.SECONDS) : deadline;
    }

    private static <A> void answer(StreamObserver<A> out, A answer) {
        out.onNext(answer);
        out.onCompleted();
    }
}
