package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.Uptime;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
    private final Consumer<Health> health;
    private final ReentrantLock reading = new ReentrantLock(true);
    private volatile @Nullable Known known;
    private @Nullable Running running;

    /** What was read last, and until when it is believed where it is too old: somebody may be upgrading. */
    private record Known(String version, boolean enough, Deadline until) {
        boolean holds() {
            return enough || !until.isExpired();
        }
    }

    /** How long it had been up at a moment of this process's clock, which is the latest at which it said so. */
    private record Running(Duration uptime, long atNanos) {
        /** A second for what RouterOS leaves out, one in a hundred for clocks that differ. */
        private static final Duration SLACK = Duration.ofSeconds(2);

        /** Whether it must have started anew if it is up for {@code now}, and was asked after {@code askedNanos}. */
        boolean endedBefore(Duration now, long askedNanos) {
            var since = Duration.ofNanos(Math.max(0, askedNanos - atNanos));
            return now.plus(SLACK).plus(since.dividedBy(100)).compareTo(uptime.plus(since)) < 0;
        }
    }

    /** @param health is told what each look showed */
    Release(RouterOs fencing, Consumer<Health> health) {
        this.fencing = fencing;
        this.health = health;
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

    /** The version that was read last, as the appliance said it; empty while none could be read. */
    Optional<String> last() {
        return Optional.ofNullable(known)
                .map(Known::version)
                .filter(version -> SHAPE.matcher(version).lookingAt());
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
        long askedNanos = System.nanoTime();
        var reply = fencing.run(
                Script.of(Command.get("/system/resource", "version"), Command.get("/system/resource", "uptime")),
                deadline);
        var version = switch (reply) {
            case Reply.Done(var lines) -> lines.isEmpty() ? "" : lines.getFirst();
            case Reply.CouldNotAsk(var tried, var why, var _) -> {
                health.accept(new Health.Silent(why));
                throw silent(tried, why);
            }
            case Reply.Refused(var text) -> text;
            case Reply.NotThere(var text) -> text;
            case Reply.NotAllowed(var text, var _, var grant) -> text + "; " + grant;
            case Reply.Full(var text) -> text;
            case Reply.Busy(var text) -> text;
        };
        var shape = SHAPE.matcher(version);
        boolean readable = shape.lookingAt();
        if (last == null || !last.version().equals(version)) {
            if (readable) log.info("the appliance runs RouterOS {}", version);
            else log.warn("which RouterOS the appliance runs cannot be read, so it is not checked: {}", version);
        }
        tell(reply, version, askedNanos);
        return new Known(version, !readable || enough(shape), Deadline.after(REFUSAL_SECONDS, SECONDS));
    }

    private void tell(Reply reply, String version, long askedNanos) {
        var before = running;
        var uptime = reply instanceof Reply.Done(var lines) && lines.size() > 1
                ? Uptime.parse(lines.get(1))
                : Optional.<Duration>empty();
        boolean restarted = before != null && uptime.isPresent() && before.endedBefore(uptime.get(), askedNanos);
        if (before != null && restarted) {
            log.warn(
                    "the appliance has started anew: it has been up for {}, and had been for {}",
                    uptime.get(),
                    before.uptime());
        }
        uptime.ifPresent(now -> running = new Running(now, System.nanoTime()));
        health.accept(new Health.Answers(version, uptime, restarted));
    }

    private static boolean enough(Matcher shape) {
        int major = Integer.parseInt(shape.group(1));
        return major > MAJOR || (major == MAJOR && Integer.parseInt(shape.group(2)) >= MINOR);
    }

    private static Failed silent(String tried, String why) {
        return new Failed(new Problem.ApplianceSilent(QUESTION, tried, why));
    }
}
