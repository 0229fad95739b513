package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsResponse;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCondition;
import io.srvlab.rdscsi.proto.csi.v1.VolumeUsage;
import java.util.List;

/** NodeGetVolumeStats' answer: numbers where there are some, never made-up ones, and always a condition. */
final class StatisticsAnswer {
    private StatisticsAnswer() {}

    static NodeGetVolumeStatsResponse of(Statistics.Known known) {
        var response = NodeGetVolumeStatsResponse.newBuilder().setVolumeCondition(condition(known.complaints()));
        known.usage().ifPresent(usage -> fill(response, usage));
        known.deviceBytes()
                .ifPresent(bytes -> response.addUsage(
                        VolumeUsage.newBuilder().setUnit(VolumeUsage.Unit.BYTES).setTotal(bytes)));
        return response.build();
    }

    private static void fill(NodeGetVolumeStatsResponse.Builder response, Usage usage) {
        response.addUsage(VolumeUsage.newBuilder()
                        .setUnit(VolumeUsage.Unit.BYTES)
                        .setTotal(usage.bytesTotal())
                        .setUsed(usage.bytesUsed())
                        .setAvailable(usage.bytesAvailable()))
                .addUsage(VolumeUsage.newBuilder()
                        .setUnit(VolumeUsage.Unit.INODES)
                        .setTotal(usage.inodesTotal())
                        .setUsed(usage.inodesUsed())
                        .setAvailable(usage.inodesAvailable()));
    }

    private static VolumeCondition condition(List<String> complaints) {
        return VolumeCondition.newBuilder()
                .setAbnormal(!complaints.isEmpty())
                .setMessage(complaints.isEmpty() ? "nothing is known against it" : String.join("; ", complaints))
                .build();
    }
}
