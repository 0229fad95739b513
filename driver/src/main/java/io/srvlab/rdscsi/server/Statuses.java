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
            case Problem.NoSuchVolume _ -> Status.Code.NOT_FOUND;
            case Problem.Busy _ -> Status.Code.ABORTED;
            case NodeProblem node -> code(node);
        };
    }

    private static Status.Code code(NodeProblem problem) {
        return switch (problem) {
            case NodeProblem.NotStaged _ -> Status.Code.FAILED_PRECONDITION;
        };
    }
}
