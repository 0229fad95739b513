package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
    @Test
    void no_rows_are_an_empty_table() {
        assertThat(Rows.parse("[]")).isEmpty();
    }

    @Test
    void rows_come_in_their_order() {
        assertThat(Rows.parse("""
                [{"slot":"a"},{"slot":"b"}]"""))
                .extracting(row -> row.text("slot").orElseThrow())
                .containsExactly("a", "b");
    }

    @Test
    void a_menu_that_is_no_table_is_one_row() {
        assertThat(Rows.parse("""
                {"version":"7.24.1 (stable)"}"""))
                .singleElement()
                .satisfies(row -> assertThat(row.text("version")).contains("7.24.1 (stable)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"size\":5e3687091200}]",
                "",
                "  ",
                "[",
                "[]]",
                "[] []",
                "null",
                "5",
                "\"\"",
                "[5]",
                "[null]",
                "Flags: X - disabled",
                "[{\"slot\":\"a\",\"slot\":\"b\"}]",
                "[{\"slot\":\"a\"}",
                "[{\"slot\":{\"a\":1}}]",
                "[{\"size\":1e999999999}]",
                "[{\"size\":[1e-999999999]}]"
            })
    void an_unreadable_answer_is_never_no_rows(String json) {
        assertThatThrownBy(() -> Rows.parse(json)).isInstanceOf(UnreadableReply.class);
    }

    @Test
    void an_unset_property_is_absent_and_an_empty_text_is_a_text() {
        var row = row("""
                {"comment":"","parent":null}""");
        assertThat(row.text("comment")).contains("");
        assertThat(row.text("parent")).isEmpty();
        assertThat(row.text("slot")).isEmpty();
        assertThat(row.flag("slot")).isEmpty();
        assertThat(row.number("slot")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false", "'\"yes\"',true", "'\"no\"',false", "'\"true\"',true", "'\"false\"',false"})
    void a_flag_is_read_from_every_way_of_writing_it(String json, boolean flag) {
        assertThat(row("{\"nvme-tcp-export\":" + json + "}").flag("nvme-tcp-export"))
                .contains(flag);
    }

    @ParameterizedTest
    @CsvSource({
        "53687091200, 53687091200",
        "'\"53687091200\"', 53687091200",
        "'\"53 687 091 200\"', 53687091200",
        "'\" 0 \"', 0",
        "-1, -1",
        "123.000000, 123",
        "120.000000, 120",
        "9223372036854775807, 9223372036854775807"
    })
    void a_number_is_read_from_every_way_of_writing_it(String json, long number) {
        assertThat(row("{\"size\":" + json + "}").number("size")).hasValue(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"50.0GiB\"",
                "\"5 0\"",
                "\"5,000\"",
                "\"0x10\"",
                "1.5",
                "9223372036854775808",
                "\"٣\"",
                "true",
                "\"1 0000\""
            })
    void junk_for_a_number_or_a_flag_is_an_error_and_never_absent(String json) {
        var row = row("{\"size\":" + json + ",\"export\":\"maybe\"}");
        assertThatThrownBy(() -> row.number("size"))
                .isInstanceOf(UnreadableReply.class)
                .hasMessageContaining("size");
        assertThatThrownBy(() -> row.flag("export")).isInstanceOf(UnreadableReply.class);
    }

    @Test
    void a_list_is_read_as_RouterOS_prints_it_for_people() {
        var row = row("""
                {"nvme-tcp-server-allow-host-name":["nqn.a","nqn.b"],"none":[]}""");
        assertThat(row.text("nvme-tcp-server-allow-host-name")).contains("nqn.a,nqn.b");
        assertThat(row.text("none")).contains("");
    }

    @Test
    void numbers_and_flags_can_be_read_as_text_too() {
        var row = row("""
                {"size":53687091200,"nvme-tcp-export":true}""");
        assertThat(row.text("size")).contains("53687091200");
        assertThat(row.text("nvme-tcp-export")).contains("true");
    }

    @Test
    void what_could_not_be_read_is_shown_without_control_characters_and_short() {
        assertThatThrownBy(() -> Rows.parse("\u001b[31m" + "x".repeat(2_000)))
                .isInstanceOf(UnreadableReply.class)
                .hasMessageNotContaining("\u001b")
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).length()).isLessThan(600));
    }

    private static Row row(String json) {
        return Rows.parse("[" + json + "]").getFirst();
    }
}
