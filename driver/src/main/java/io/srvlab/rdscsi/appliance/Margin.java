package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;

/** The time that must be left of a call's deadline before anything is changed: enough to change it and to read it back. */
public final class Margin {
    private static final int SECONDS_MIN = 2;

    private Margin() {}

    /**
     * Nothing, if there is time.
     *
     * @throws Failed with {@link Problem.NoTimeLeft} otherwise
     */
    public static void need(VolumeId volume, String before, Deadline deadline) {
        if (deadline.timeRemaining(SECONDS) < SECONDS_MIN) throw new Failed(new Problem.NoTimeLeft(volume, before));
    }
}
