package io.srvlab.rdscsi.appliance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.volume.Failed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** What a look at the appliance itself tells, from what it says. */
class ReleaseTest {
    private final Queue<Reply> replies = new ArrayDeque<>();
    private final List<Health> told = new ArrayList<>();
    private final Release release = new Release(new Saying(), told::add);

    @Test
    void anUptimeThatWentBackIsARestart() {
        say("7.21.2 (stable)", "1w2d03:04:05");
        look();
        say("7.21.2 (stable)", "00:01:30");
        look();
        say("7.21.2 (stable)", "00:01:31");
        look();
        assertThat(told)
                .containsExactly(
                        answers(Duration.ofDays(9).plusHours(3).plusMinutes(4).plusSeconds(5), false),
                        answers(Duration.ofSeconds(90), true),
                        answers(Duration.ofSeconds(91), false));
    }

    @Test
    void aSilenceInBetweenHidesNoRestart() {
        say("7.21.2 (stable)", "2d20h12m20s");
        look();
        replies.add(new Reply.CouldNotAsk("ssh", "no route", Reply.Fate.NOT_SENT));
        assertThatThrownBy(this::look).isInstanceOf(Failed.class).hasMessageContaining("no route");
        say("7.22 (stable)", "00:00:20");
        look();
        assertThat(told)
                .containsExactly(
                        answers(Duration.ofHours(68).plusMinutes(12).plusSeconds(20), false),
                        new Health.Silent("no route"),
                        new Health.Answers("7.22 (stable)", Optional.of(Duration.ofSeconds(20)), true));
    }

    @Test
    void anUptimeThatCannotBeReadRefusesNothing() {
        say("7.21.2 (stable)", "long");
        look();
        replies.add(new Reply.Done(List.of("7.21.2 (stable)")));
        look();
        assertThat(told).hasSize(2).containsOnly(new Health.Answers("7.21.2 (stable)", Optional.empty(), false));
    }

    private static Health answers(Duration uptime, boolean restarted) {
        return new Health.Answers("7.21.2 (stable)", Optional.of(uptime), restarted);
    }

    private void say(String version, String uptime) {
        replies.add(new Reply.Done(List.of(version, uptime)));
    }

    private void look() {
        release.read(Deadline.after(20, SECONDS));
    }

    private final class Saying implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            return replies.remove();
        }

        @Override
        public RouterOs fencing() {
            return this;
        }

        @Override
        public void close() {}
    }
}
