package io.srvlab.rdscsi.lab;

import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.BlockVolume;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.MountVolume;
import java.nio.file.Path;
import java.util.Map;

/** Calls the plugin as kubelet does, for one volume that one pod uses. */
final class Kubelet {
    static final VolumeCapability EXT4 = capability("ext4", AccessMode.Mode.SINGLE_NODE_WRITER);
    static final VolumeCapability EXT4_READERS = capability("ext4", AccessMode.Mode.MULTI_NODE_READER_ONLY);
    static final VolumeCapability RAW =
            EXT4.toBuilder().setBlock(BlockVolume.getDefaultInstance()).build();

    private static final long ANSWER_SECONDS = 60; // an emulated machine takes its time

    private final Plugin plugin;
    private final String volume;
    private final Map<String, String> volumeContext;
    private final Path staging;
    private final Path target;

    Kubelet(Plugin plugin, String volume, Map<String, String> volumeContext) {
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
        var _ = plugin.node(seconds)
                .nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .putAllPublishContext(claim.publishContext())
                        .putAllVolumeContext(volumeContext)
                        .setStagingTargetPath(staging.toString())
                        .setVolumeCapability(as)
                        .build());
    }

    void publish(Claim claim, VolumeCapability as) {
        var _ = plugin.node(ANSWER_SECONDS)
                .nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .putAllPublishContext(claim.publishContext())
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

    /** What the plugin says to a call that it must not grant. */
    static String refusal(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("it was not refused");
    }

    private static VolumeCapability capability(String fsType, AccessMode.Mode mode) {
        return VolumeCapability.newBuilder()
                .setMount(MountVolume.newBuilder().setFsType(fsType))
                .setAccessMode(AccessMode.newBuilder().setMode(mode))
                .build();
    }
}
