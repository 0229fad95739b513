package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsResponse;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCondition;
import io.srvlab.rdscsi.proto.csi.v1.VolumeUsage;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** NodeGetVolumeStats' answer: numbers where there are some, never made-up ones, and always a condition. */
final class StatisticsAnswer {
    private StatisticsAnswer() {}

    /**
     * @param usage asks the filesystem; may fail with what it came to, which becomes a condition
     * @throws Failed the filesystem was not even asked, which says nothing of it
     */
    static NodeGetVolumeStatsResponse of(Statistics.Found found, Supplier<Usage> usage) {
        var response = NodeGetVolumeStatsResponse.newBuilder();
        var complaints = new ArrayList<>(found.complaints());
        if (found.filesystem()) {
            try {
                fill(response, usage.get());
            } catch (Failed e) {
                if (notAsked(e.problem())) throw e;
                complaints.add("the filesystem does not answer: " + e.problem().sentence());
            }
        }
        found.deviceBytes()
                .ifPresent(bytes -> response.addUsage(
                        VolumeUsage.newBuilder().setUnit(VolumeUsage.Unit.BYTES).setTotal(bytes)));
        return response.setVolumeCondition(condition(complaints)).build();
    }

    private static boolean notAsked(Problem problem) {
        return problem instanceof NodeProblem.TooManyStuck
                || (problem instanceof NodeProblem.OutOfTime late && late.step().equals(Operation.NOT_BEGUN));
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
