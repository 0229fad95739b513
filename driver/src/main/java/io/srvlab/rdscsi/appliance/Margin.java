package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;

/**
 * The time that must be left of a call's deadline before anything is changed. Asked before a change is begun, so that it is
 * refused early; a change that then waits for its turn is measured again when it is sent ({@link Script#TO_CHANGE}).
 */
public final class Margin {
    private Margin() {}

    /**
     * Nothing, if there is time.
     *
     * @throws Failed with {@link Problem.NoTimeLeft} otherwise
     */
    public static void need(VolumeId volume, String before, Deadline deadline) {
        if (deadline.timeRemaining(NANOSECONDS) < Script.TO_CHANGE.toNanos())
            throw new Failed(new Problem.NoTimeLeft(volume, before));
    }
}
