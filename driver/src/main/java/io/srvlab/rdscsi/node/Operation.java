package io.srvlab.rdscsi.node;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One RPC's work on one volume: what it is about, what it is doing at the moment, and until when. It begins no step
 * after its deadline, since by then nobody waits for the answer.
 */
final class Operation {
    /** The step of an operation that did not come to do anything. */
    static final String NOT_BEGUN = "it was about to begin";

    private final NodeName node;
    private final VolumeId volume;
    private final Deadline deadline;
    private volatile String step = NOT_BEGUN;

    Operation(NodeName node, VolumeId volume, Deadline deadline) {
        this.node = node;
        this.volume = volume;
        this.deadline = deadline;
    }

    NodeName node() {
        return node;
    }

    VolumeId volume() {
        return volume;
    }

    /** Goes on to {@code doing}, which every later complaint names; a phrase like "mounting X". */
    void step(String doing) {
        if (deadline.isExpired()) throw outOfTime();
        step = doing;
    }

    String step() {
        return step;
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
    }

    /**
     * Lets a moment pass before the kernel is asked again; false, at once, when the deadline has come, also if it comes in
     * that moment: what is begun then ends too late for its answer to be heard.
     */
    boolean mayLookAgain(Duration moment) {
        if (deadline.isExpired()) return false;
        LockSupport.parkNanos(Math.min(moment.toNanos(), left().toNanos()));
        return !deadline.isExpired();
    }

    boolean mayLookAgain() {
        return mayLookAgain(Duration.ofMillis(50));
    }

    Failed outOfTime() {
        return new Failed(new NodeProblem.OutOfTime(volume, node, step));
    }

    Failed refused(Exception why) {
        var words = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        return new Failed(new NodeProblem.KernelRefused(volume, node, step, words), why);
    }
}
