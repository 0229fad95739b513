package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.routeros.Reply.CouldNotAsk;
import io.srvlab.rdscsi.routeros.Reply.Done;
import io.srvlab.rdscsi.routeros.Reply.Fate;
import io.srvlab.rdscsi.routeros.Reply.NotAllowed;
import io.srvlab.rdscsi.routeros.Reply.NotThere;
import io.srvlab.rdscsi.routeros.Reply.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestAnswerTest {
    private static final String MARK = "rds-csi-end-0123456789abcdef";
    private static final Rights RIGHTS = new Rights(new TreeSet<>(Set.of("read", "write")), "/user/group/set …");

    @Test
    void only_the_mark_makes_it_done() {
        assertThat(read(200, "{\"ret\":\"[]\\r\\n0\\r\\n" + MARK + "\\r\\n\"}"))
                .isEqualTo(new Done(List.of("[]", "0")));
        assertThat(read(200, "{\"ret\":\"[]\\r\\n0\\r\\n" + MARK + "\"}")).isEqualTo(new Done(List.of("[]", "0")));
        assertUnknown(read(200, "{\"ret\":\"\"}"));
        assertThat(read(200, "{\"ret\":\"" + MARK + "\\r\\nfailure: bad luck\\n\"}"))
                .isEqualTo(new Refused("failure: bad luck"));
        // Cut in the middle by whatever bounds it.
        assertThat(read(200, "{\"ret\":\"[{\\\"slot\\\":\\\"a\"}")).isNotInstanceOf(Done.class);
    }

    @Test
    void an_error_with_200_is_an_error() {
        assertThat(read(200, "{\"ret\":\"no such item (/disk/get; line 1)\\n\"}"))
                .isEqualTo(new NotThere("no such item (/disk/get; line 1)"));
    }

    @Test
    void an_error_body_is_read_by_its_detail() {
        assertThat(read(
                        400,
                        "{\"error\":400,\"message\":\"Bad Request\",\"detail\":\"failure: already have such entry\"}"))
                .isEqualTo(new Refused("failure: already have such entry"));
        assertThat(read(500, "{\"error\":500,\"message\":\"Internal Server Error\",\"detail\":\"not allowed (9)\"}"))
                .isEqualTo(new NotAllowed("not allowed (9)", RIGHTS.policies(), RIGHTS.grant()));
    }

    @Test
    void a_request_ended_after_60_s_may_have_done_anything() {
        assertUnknown(read(400, "{\"error\":400,\"message\":\"Bad Request\",\"detail\":\"Session closed\"}"));
    }

    @ParameterizedTest
    @CsvSource({"401", "404"})
    void who_was_not_let_in_changed_nothing(int status) {
        assertThat(read(status, "{\"error\":%d}".formatted(status)))
                .isInstanceOfSatisfying(
                        CouldNotAsk.class, it -> assertThat(it.fate()).isEqualTo(Fate.NOT_SENT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|[]",
                "200|''",
                "200|{}",
                "200|{\"ret\":1}",
                "200|{\"ret\":[\"rds-csi-end-0123456789abcdef\"]}",
                "200|{\"ret\":\"rds-csi-end-0123456789abcdef\"",
                "200|rds-csi-end-0123456789abcdef",
                "204|''",
                "301|''",
                "500|<html>",
                "502|{\"message\":\"Bad Gateway\"}"
            })
    void what_is_no_answer_of_the_service_proves_nothing(int status, String body) {
        assertUnknown(read(status, body));
    }

    private static Reply read(int status, String body) {
        return new RestAnswer("rds-csi", Path.of("/password"), "rest rds-csi@10.0.0.1:443", RIGHTS)
                .read(status, body, MARK);
    }

    private static void assertUnknown(Reply reply) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        CouldNotAsk.class, it -> assertThat(it.fate()).isEqualTo(Fate.UNKNOWN));
    }
}
