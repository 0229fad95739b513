package io.srvlab.rdscsi.lab;

import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.NodeExpandVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc.NodeBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsResponse;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.BlockVolume;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.MountVolume;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCondition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Calls the plugin as kubelet does, for one volume that one pod uses. */
final class Kubelet {
    static final VolumeCapability EXT4 = capability("ext4", AccessMode.Mode.SINGLE_NODE_WRITER);
    static final VolumeCapability XFS = capability("xfs", AccessMode.Mode.SINGLE_NODE_WRITER);
    static final VolumeCapability EXT4_DISCARD = capability("ext4", AccessMode.Mode.SINGLE_NODE_WRITER, "discard");
    static final VolumeCapability EXT4_READERS = capability("ext4", AccessMode.Mode.MULTI_NODE_READER_ONLY);
    static final VolumeCapability RAW =
            EXT4.toBuilder().setBlock(BlockVolume.getDefaultInstance()).build();

    static final VolumeCapability RAW_SHARED = RAW.toBuilder()
            .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.MULTI_NODE_MULTI_WRITER))
            .build();

    private static final long ANSWER_SECONDS = 60; // an emulated machine takes its time

    private final Csi plugin;
    private final String volume;
    private final Map<String, String> volumeContext;
    private final Path staging;
    private final Path target;

    Kubelet(Csi plugin, String volume, Map<String, String> volumeContext) {
        this.plugin = plugin;
        this.volume = volume;
        this.volumeContext = volumeContext;
        this.staging = Path.of("/var/lib/kubelet/staging", volume);
        this.target = Path.of("/var/lib/kubelet/target", volume);
    }

    Path staging() {
        return staging;
    }

    Path target() {
        return target;
    }

    void stage(Claim claim, VolumeCapability as) {
        stage(claim, as, ANSWER_SECONDS);
    }

    void stage(Claim claim, VolumeCapability as, long seconds) {
        stage(claim.publishContext(), as, seconds);
    }

    void stage(Map<String, String> publishContext, VolumeCapability as) {
        stage(publishContext, as, ANSWER_SECONDS);
    }

    void stage(Map<String, String> publishContext, VolumeCapability as, long seconds) {
        var _ = plugin.node(seconds)
                .nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .putAllPublishContext(publishContext)
                        .putAllVolumeContext(volumeContext)
                        .setStagingTargetPath(staging.toString())
                        .setVolumeCapability(as)
                        .build());
    }

    void publish(Claim claim, VolumeCapability as) {
        publish(claim.publishContext(), as);
    }

    void publish(Map<String, String> publishContext, VolumeCapability as) {
        var _ = plugin.node(ANSWER_SECONDS)
                .nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .putAllPublishContext(publishContext)
                        .putAllVolumeContext(volumeContext)
                        .setStagingTargetPath(staging.toString())
                        .setTargetPath(target.toString())
                        .setVolumeCapability(as)
                        .build());
    }

    void unpublish() {
        var _ = plugin.node(ANSWER_SECONDS)
                .nodeUnpublishVolume(NodeUnpublishVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .setTargetPath(target.toString())
                        .build());
    }

    void unstage() {
        unstage(ANSWER_SECONDS);
    }

    void unstage(long seconds) {
        var _ = plugin.node(seconds)
                .nodeUnstageVolume(NodeUnstageVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .setStagingTargetPath(staging.toString())
                        .build());
    }

    /** Returns the size that the node says the volume has now. */
    long expand(long bytes) {
        return expand(plugin.node(ANSWER_SECONDS), bytes);
    }

    /** What the plugin says when it has been told to have grown the volume within so many seconds, and could not. */
    String notGrown(long bytes, long seconds) {
        return refusal(() -> expand(plugin.heardOut(seconds), bytes));
    }

    private long expand(NodeBlockingStub node, long bytes) {
        return node.nodeExpandVolume(NodeExpandVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .setVolumePath(target.toString())
                        .setStagingTargetPath(staging.toString())
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .build())
                .getCapacityBytes();
    }

    NodeGetVolumeStatsResponse stats(long seconds) {
        return plugin.node(seconds)
                .nodeGetVolumeStats(NodeGetVolumeStatsRequest.newBuilder()
                        .setVolumeId(volume)
                        .setVolumePath(target.toString())
                        .build());
    }

    VolumeCondition condition() {
        return stats(ANSWER_SECONDS).getVolumeCondition();
    }

    /** What the plugin says to a call that it must not grant. */
    static String refusal(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("it was not refused");
    }

    private static VolumeCapability capability(String fsType, AccessMode.Mode mode, String... options) {
        return VolumeCapability.newBuilder()
                .setMount(MountVolume.newBuilder().setFsType(fsType).addAllMountFlags(List.of(options)))
                .setAccessMode(AccessMode.newBuilder().setMode(mode))
                .build();
    }
}
