package io.srvlab.rdscsi.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.personality.Catalogue;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.CommentTruncated;
import io.srvlab.rdscsi.simulator.personality.Personality.CountersStuck;
import io.srvlab.rdscsi.simulator.personality.Personality.ExportOffKeepsSessions;
import io.srvlab.rdscsi.simulator.personality.Personality.FindThenSet;
import io.srvlab.rdscsi.simulator.personality.Personality.InFlightMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.ListIgnored;
import io.srvlab.rdscsi.simulator.personality.Personality.ListensEarly;
import io.srvlab.rdscsi.simulator.personality.Personality.NewNamespaceId;
import io.srvlab.rdscsi.simulator.personality.Personality.NqnFixed;
import io.srvlab.rdscsi.simulator.personality.Personality.OneNameOnly;
import io.srvlab.rdscsi.simulator.personality.Personality.PoolFull;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootLoses;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootTakes;
import io.srvlab.rdscsi.simulator.personality.Personality.ResizeNotAnnounced;
import io.srvlab.rdscsi.simulator.personality.Personality.RestCut;
import io.srvlab.rdscsi.simulator.personality.Personality.RoseStorageMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.SessionsHang;
import io.srvlab.rdscsi.simulator.personality.Personality.SizeRounded;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowCopy;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowStart;
import io.srvlab.rdscsi.simulator.personality.Personality.StatusZero;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However an appliance differs from what the driver believes, the probe says so: or says that it did not ask. */
class PersonalitiesTest {
    @TempDir
    Path directory;

    /**
     * What the probe says of a personality.
     *
     * @param question that tells
     * @param verdict that this answer alone leads to
     */
    private record Told(String question, Class<? extends Answer> answer, Verdict verdict) {}

    /** Without a default: a new personality does not compile until somebody has said how the probe finds it. */
    private static Told told(Personality personality) {
        return switch (personality) {
            case ListIgnored _ -> unsafe("stranger-refused");
            case OneNameOnly _ -> limit("two-names");
            case NqnFixed _ -> unsafe("name-settable");
            case ExportOffKeepsSessions _ -> unsafe("cut-felt");
            case CommentTruncated(int characters) when characters < 230 -> unsafe("comment-kept");
            case CommentTruncated _ -> note("comment-longest");
            case FindThenSet _ -> limit("race");
            case SizeRounded(long _, boolean up) -> up ? note("size-to-the-byte") : limit("size-exact");
            case ResizeNotAnnounced _ -> limit("resize-announced");
            case InFlightMissing _, CountersStuck _ -> limit("in-flight");
            case StatusZero _ -> note("exit-status");
            case SessionsHang _ -> limit("sessions");
            case NewNamespaceId _ -> limit("ids-stable");
            case RoseStorageMissing _ -> unsafe("rose-storage");
            case PoolFull _ -> new Told("door-opens", Answer.CouldNotAsk.class, Verdict.NOT_SAFE);
            case RestCut _ -> notAsked("rest-limit");
            case SlowCopy _ -> note("copy");
            case RebootLoses _ -> notAsked("written-through");
            case RebootTakes _ -> notAsked("boot-exports");
            case ListensEarly _ -> notAsked("boot-order");
            case SlowStart _ -> notAsked("boot-first-answer");
        };
    }

    static Stream<Personality> personalities() {
        // One character less than the longest record has, too.
        return Stream.concat(Catalogue.all().stream(), Stream.of(new CommentTruncated(229)));
    }

    @ParameterizedTest
    @MethodSource("personalities")
    void isTold(Personality personality) throws Exception {
        var told = told(personality);
        try (var rds = ProbedRds.start(directory, config -> config)) {
            rds.simulator().become(personality);
            var report = rds.ask(List.of(told.question()));
            assertThat(rds.answer(report, told.question()))
                    .as("%s", report.findings())
                    .isInstanceOf(told.answer());
            assertThat(report.verdict()).isEqualTo(told.verdict());
        }
    }

    /** On the same appliance without it, the same questions are answered otherwise: what was told is the personality's. */
    @Test
    void withoutAnyThoseQuestionsAreAnsweredAsBelieved() throws Exception {
        var asked = personalities()
                .map(PersonalitiesTest::told)
                .filter(told -> told.answer() != Answer.NotAsked.class
                        && !told.question().equals("comment-longest"))
                .map(Told::question)
                .distinct()
                .toList();
        try (var rds = ProbedRds.start(directory, config -> config)) {
            assertThat(rds.ask(asked).findings()).hasSameSizeAs(asked).allMatch(Finding::shown);
        }
    }

    private static Told unsafe(String question) {
        return new Told(question, Answer.Refuted.class, Verdict.NOT_SAFE);
    }

    private static Told limit(String question) {
        return new Told(question, Answer.Refuted.class, Verdict.LIMITS);
    }

    private static Told note(String question) {
        return new Told(question, Answer.Refuted.class, Verdict.ALL_WELL);
    }

    private static Told notAsked(String question) {
        return new Told(question, Answer.NotAsked.class, Verdict.ALL_WELL);
    }
}
