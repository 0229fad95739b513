package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.routeros.Reply.Full;
import io.srvlab.rdscsi.routeros.Reply.NotThere;
import io.srvlab.rdscsi.routeros.Reply.Refused;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
    private static final Rights NONE = new Rights(Collections.emptySortedSet(), "");

    private static final String MARK = "rds-csi-end-0123456789abcdef";

    @ParameterizedTest
    @ValueSource(strings = {"a\r\n%s\r\n", "a\n%s\n", "a\n%s", "a\r\n%s\r\n\r\n"})
    void the_mark_as_last_line_proves_the_end_whatever_the_line_ends(String printed) {
        assertThat(Answer.done(printed.formatted(MARK), MARK).orElseThrow()).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\r\n", "%s\r\nfailure: x\n", "x %s\r\n", "%s x\r\n", ":put \"%s\" }\n", "%s \r\n"})
    void the_mark_anywhere_else_proves_nothing(String printed) {
        assertThat(Answer.done(printed.formatted(MARK), MARK)).isEmpty();
    }

    @Test
    void nothing_printed_is_no_refusal() {
        assertThat(Answer.refusal("\r\n", " ", NONE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "failure: already have such entry (/disk/add; line 1)",
                "bad command name foo (line 1 column 1)",
                "syntax error (line 1 column 7)",
                "expected end of command (line 1 column 20)",
                "input does not match any value of value-name (/disk/add; line 1)",
                "Script Error: missing value(s) of argument(s) type (/disk/add; line 1)",
                "bad parameter x (line 1 column 9)",
                "an error that nobody has seen yet"
            })
    void an_error_is_refused_with_its_text_alone_though_earlier_commands_printed(String error) {
        assertThat(Answer.refusal("[{\"slot\":\"no such item\"}]\r\n5\r\n" + error + "\n", "", NONE))
                .contains(new Refused(error));
    }

    @Test
    void an_error_of_two_lines_is_kept_whole() {
        assertThat(Answer.refusal("5\r\nfailure: bad luck\n  more of it\n", "", NONE))
                .contains(new Refused("failure: bad luck   more of it"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no such item", "no such item (/disk/get; line 1)", "failure: no such item"})
    void an_item_that_is_not_there_is_told_by_the_beginning(String error) {
        assertThat(Answer.refusal(error + "\n", "", NONE)).contains(new NotThere(error));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "failure: not enough space (/disk/add; line 1)",
                "Failure: No space left on device",
                "failure: could not resize file: no space left (/disk/set; line 1)",
                "out of space",
                "Script Error: disk full (/disk/add; line 1)"
            })
    void a_full_pool_is_told_from_other_refusals(String error) {
        assertThat(Answer.refusal(error + "\n", "", NONE)).contains(new Full(error));
    }

    @Test
    void a_name_that_reads_like_an_error_does_not_decide() {
        assertThat(Answer.refusal("failure: bad name \"no such item\" disk full\n", "", NONE))
                .containsInstanceOf(Refused.class);
    }

    @Test
    void a_refusal_is_short_and_free_of_control_characters() {
        var text = ((Refused) Answer.refusal("failure: \u001b[31m\u0091" + "x".repeat(5_000), "", NONE)
                        .orElseThrow())
                .text();
        assertThat(text).hasSizeLessThanOrEqualTo(501).doesNotContain("\u001b", "\u0091");
    }
}
