package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which RouterOS the appliance runs, and whether that is enough. It is read when the controller starts, at every probe,
 * and before a change for as long as nothing is known or what is known is too old; once it is enough, no change waits for
 * it. What cannot be read refuses nothing. It is asked like a cut, since a change may wait for it and a probe must not wait
 * behind a hundred others.
 */
final class Release {
    private static final Logger log = LoggerFactory.getLogger(Release.class);
    private static final String QUESTION = "say its version";
    // nvme-tcp-server-nqn came with it; before, an export had no name but its slot's.
    private static final int MAJOR = 7;
    private static final int MINOR = 21;
    // 7.21.2 (stable), 7.22rc1 (testing), 7.21beta3 (development)
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,4})[.]([0-9]{1,4})(?![0-9])");
    private static final long ANSWER_SECONDS = 20;
    private static final long REFUSAL_SECONDS = 5;

    private final RouterOs fencing;
    private final ReentrantLock reading = new ReentrantLock(true);
    private volatile @Nullable Known known;

    /** What was read last, and until when it is believed where it is too old: somebody may be upgrading. */
    private record Known(String version, boolean enough, Deadline until) {
        boolean holds() {
            return enough || !until.isExpired();
        }
    }

    Release(RouterOs fencing) {
        this.fencing = fencing;
    }

    /**
     * Reads it now.
     *
     * @throws Failed with {@link Problem.OldRouterOs}, or {@link Problem.ApplianceSilent} if it could not be asked
     */
    void read(Deadline deadline) {
        read(deadline, true);
        refuseIfKnownOld();
    }

    /** What was read last, as the appliance said it; empty before. */
    Optional<String> last() {
        return Optional.ofNullable(known).map(Known::version);
    }

    /** Nothing if it is enough; reads it first, as {@link #read}, if that is not known. */
    void need(Deadline deadline) {
        if (!isKnown()) read(deadline, false);
        refuseIfKnownOld();
    }

    void refuseIfKnownOld() {
        var last = known;
        if (last != null && !last.enough()) {
            throw new Failed(new Problem.OldRouterOs(last.version(), MAJOR + "." + MINOR));
        }
    }

    private boolean isKnown() {
        var last = known;
        return last != null && last.holds();
    }

    private void read(Deadline deadline, boolean again) {
        try {
            if (!reading.tryLock(deadline.timeRemaining(NANOSECONDS), NANOSECONDS)) {
                throw silent("through another call", "it has not answered that one within this call's deadline");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw silent("through another call", "interrupted");
        }
        try {
            // One asks for all who come at the same time.
            if (again || !isKnown()) known = asked(deadline.minimum(Deadline.after(ANSWER_SECONDS, SECONDS)));
        } finally {
            reading.unlock();
        }
    }

    private Known asked(Deadline deadline) {
        var last = known;
        var version = switch (fencing.run(Script.of(Command.get("/system/resource", "version")), deadline)) {
            case Reply.Done(var lines) -> String.join(" ", lines);
            case Reply.CouldNotAsk(var tried, var why, var _) -> throw silent(tried, why);
            case Reply.Refused(var text) -> text;
            case Reply.NotThere(var text) -> text;
            case Reply.Full(var text) -> text;
        };
        var shape = SHAPE.matcher(version);
        boolean readable = shape.lookingAt();
        if (last == null || !last.version().equals(version)) {
            if (readable) log.info("the appliance runs RouterOS {}", version);
            else log.warn("which RouterOS the appliance runs cannot be read, so it is not checked: {}", version);
        }
        return new Known(version, !readable || enough(shape), Deadline.after(REFUSAL_SECONDS, SECONDS));
    }

    private static boolean enough(Matcher shape) {
        int major = Integer.parseInt(shape.group(1));
        return major > MAJOR || (major == MAJOR && Integer.parseInt(shape.group(2)) >= MINOR);
    }

    private static Failed silent(String tried, String why) {
        return new Failed(new Problem.ApplianceSilent(QUESTION, tried, why));
    }
}
