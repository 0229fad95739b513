package io.srvlab.rdscsi.server;

import io.grpc.Status;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Problem;

/** Gives every {@link Problem} its gRPC status. No default: a new problem does not compile without a code. */
final class Statuses {
    private Statuses() {}

    static Status of(Problem problem) {
        return code(problem).toStatus().withDescription(problem.sentence());
    }

    private static Status.Code code(Problem problem) {
        return switch (problem) {
            case Problem.Malformed _ -> Status.Code.INVALID_ARGUMENT;
            case Problem.OutOfRange _ -> Status.Code.OUT_OF_RANGE;
            case Problem.NoSuchVolume _, Problem.NoSuchNode _ -> Status.Code.NOT_FOUND;
            case Problem.NameTaken _, Problem.SlotTaken _, Problem.HeldOtherwise _ -> Status.Code.ALREADY_EXISTS;
            case Problem.NotOurs _,
                    Problem.NodeLeaving _,
                    Problem.OtherCluster _,
                    Problem.Unreadable _,
                    Problem.Newer _,
                    Problem.Locked _,
                    Problem.HeldElsewhere _,
                    Problem.SharerNotReady _,
                    Problem.Barred _,
                    Problem.OldRecord _,
                    Problem.StillPublished _,
                    Problem.NoBasePath _,
                    Problem.OldRouterOs _ -> Status.Code.FAILED_PRECONDITION;
            case Problem.TooManyVolumes _, Problem.NoRoom _ -> Status.Code.RESOURCE_EXHAUSTED;
            // ListVolumes: an invalid starting_token is ABORTED (CSI specification, ListVolumes errors).
            case Problem.BadToken _,
                    Problem.NewerClaim _,
                    Problem.StillWanted _,
                    Problem.Busy _,
                    Problem.NoTimeLeft _,
                    Problem.NotDrained _ -> Status.Code.ABORTED;
            case Problem.ApplianceSilent _ -> Status.Code.UNAVAILABLE;
            // Asked and answered, but not as it must be: closed, and worth a person's look.
            case Problem.NotShown _, Problem.DoorOpen _, Problem.ApplianceRefused _, Problem.ClusterSilent _ ->
                Status.Code.INTERNAL;
            case NodeProblem node -> code(node);
        };
    }

    /**
     * Kubelet takes ABORTED, DEADLINE_EXCEEDED and UNAVAILABLE for "may have happened, or may yet", and unstages later;
     * any other code of NodeStageVolume means to it that nothing is left behind (IsFinalError in its csi_client.go).
     */
    private static Status.Code code(NodeProblem problem) {
        return switch (problem) {
            case NodeProblem.NotThere _ -> Status.Code.NOT_FOUND;
            case NodeProblem.Occupied _ -> Status.Code.ALREADY_EXISTS;
            case NodeProblem.NotStaged _,
                    NodeProblem.StagedFromElsewhere _,
                    NodeProblem.HeldByDevice _,
                    NodeProblem.OlderAttachment _,
                    NodeProblem.Ambiguous _,
                    NodeProblem.OtherFilesystem _,
                    NodeProblem.OtherContent _,
                    NodeProblem.BlankReadOnly _,
                    NodeProblem.ContentMissing _,
                    NodeProblem.HalfMade _,
                    NodeProblem.NeedsRepair _,
                    NodeProblem.Shrunk _,
                    NodeProblem.NoProgram _,
                    NodeProblem.InUse _,
                    NodeProblem.NotOursToRemove _,
                    NodeProblem.NotOursToUnmount _,
                    NodeProblem.PublishedElsewhere _ -> Status.Code.FAILED_PRECONDITION;
            case NodeProblem.FormatFailed _,
                    NodeProblem.StillAttached _,
                    NodeProblem.NotGrown _,
                    NodeProblem.KernelRefused _ -> Status.Code.INTERNAL;
            case NodeProblem.NoDoor _,
                    NodeProblem.DeviceUnreadable _,
                    NodeProblem.TooManyStuck _,
                    NodeProblem.NotUndone _ -> Status.Code.UNAVAILABLE;
            case NodeProblem.OutOfTime _ -> Status.Code.DEADLINE_EXCEEDED;
        };
    }
}
