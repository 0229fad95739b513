package io.srvlab.rdscsi.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.personality.Place;
import io.srvlab.rdscsi.simulator.personality.When;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of the way in that no personality gives. */
class ConsoleQuestionsTest {
    @TempDir
    Path directory;

    @Test
    void aPolicyThatOneOfSeveralUsersLacksIsNamedWithTheLineThatGivesIt() throws Exception {
        try (var rds = ProbedRds.start(directory, config -> config)) {
            var users = rds.simulator().restUsers();
            assertThat(rds.answer(rds.askOverRest(users, "policies"), "policies"))
                    .isEqualTo(new Answer.Shown("4 users, all three"));
            var password = Files.readString(rds.simulator().passwordFile()).strip();
            var last = users.getLast();
            rds.simulator().users().put(last, password, EnumSet.complementOf(EnumSet.of(Policy.WRITE)));
            var report = rds.askOverRest(users, "policies");
            assertThat(report.verdict()).isEqualTo(Verdict.NOT_SAFE);
            assertThat(rds.answer(report, "policies"))
                    .isInstanceOfSatisfying(
                            Answer.Refuted.class,
                            refuted -> assertThat(refuted.seen())
                                    .startsWith("write is refused (not enough permissions (9)")
                                    .contains("/user/group/set [/user/get [find where name=\"" + last + "\"] group]")
                                    .doesNotContain("test is refused", "read is refused"));
        }
    }

    @Test
    void aUserWhoMayNotComeInAtAllIsNamedToo() throws Exception {
        try (var rds = ProbedRds.start(directory, config -> config)) {
            var users = rds.simulator().restUsers();
            assertThat(rds.askOverRest(users, "policies").verdict()).isEqualTo(Verdict.ALL_WELL);
            var password = Files.readString(rds.simulator().passwordFile()).strip();
            rds.simulator().users().put(users.getLast(), password, EnumSet.of(Policy.READ, Policy.WRITE, Policy.TEST));
            var report = rds.askOverRest(users, "policies");
            assertThat(report.verdict()).isEqualTo(Verdict.NOT_SAFE);
            assertThat(rds.answer(report, "policies").text()).contains(users.getLast(), "rest-api");
        }
    }

    @Test
    void namesThatAreRefusedAreToldInTheAppliancesWords() throws Exception {
        try (var rds = ProbedRds.start(directory, config -> config)) {
            assertThat(rds.answer(rds.ask(List.of("named-properties")), "named-properties"))
                    .isInstanceOf(Answer.Shown.class);
            var words = "expected end of command (line 1 column 49)";
            rds.simulator().arm(new Fault.ErrorWithStatusZero(words + "\n"), Place.line("proplist"), When.ALWAYS);
            var report = rds.ask(List.of("named-properties"));
            assertThat(rds.answer(report, "named-properties")).isEqualTo(new Answer.Refuted(words));
            assertThat(report.verdict()).isEqualTo(Verdict.ALL_WELL);
        }
    }
}
