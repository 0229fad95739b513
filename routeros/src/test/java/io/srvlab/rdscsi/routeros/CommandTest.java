package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grpc.Deadline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CommandTest {
    private static final Filter SLOT = Filter.is("slot", "pvc-1");

    static Stream<Arguments> rendered() {
        return Stream.of(
                arguments(Command.add("/disk", properties("type", "file", "slot", "pvc-1", "comment", "")), """
                        /disk/add type="file" slot="pvc-1" comment=\"""" + '"'),
                arguments(
                        Command.set("/disk", SLOT.and(Filter.unset("comment")), properties("nvme-tcp-export", "no")),
                        """
                        /disk/set [find where (slot="pvc-1" && !comment)] nvme-tcp-export="no\""""),
                arguments(Command.remove("/file", Filter.is("name", "pool/a b.img")), """
                        /file/remove [find where name="pool/a b.img"]"""),
                arguments(Command.printJson("/disk", Filter.matches("slot", "^pvc-.*$")), """
                        :put [:serialize to=json options=json.no-string-conversion \
                        value=[/disk/print detail as-value where slot~"^pvc-.*\\$"]]"""),
                arguments(Command.printJson("/disk"), """
                        :put [:serialize to=json options=json.no-string-conversion \
                        value=[/disk/print detail as-value]]"""),
                arguments(Command.get("/system/resource", "version"), """
                        :put [/system/resource/get version]"""),
                arguments(Command.count("/disk", SLOT), """
                        :put [:len [/disk/find where slot="pvc-1"]]"""),
                arguments(Command.ifNone("/disk", SLOT, Command.add("/disk", properties("type", "file"))), """
                        :if ([:len [/disk/find where slot="pvc-1"]] < 1) do={ /disk/add type="file" }"""),
                arguments(
                        Command.ifFewer(
                                "/disk", SLOT, 3, List.of(Command.count("/disk", SLOT), Command.remove("/disk", SLOT))),
                        """
                        :if ([:len [/disk/find where slot="pvc-1"]] < 3) do={ \
                        :put [:len [/disk/find where slot="pvc-1"]]; /disk/remove [find where slot="pvc-1"] }"""),
                arguments(Command.monitorTraffic("pvc-1"), """
                        /disk/monitor-traffic "pvc-1" once"""),
                arguments(
                        Command.count(
                                "/disk", SLOT.or(Filter.isNumber("size", 5)).and(Filter.unset("comment"))),
                        """
                        :put [:len [/disk/find where ((slot="pvc-1" || size=5) && !comment)]]"""));
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void a_command_is_written_as_RouterOS_reads_it(Command command, String text) {
        assertThat(command.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void a_command_that_writes_is_known_as_one(Command command, String text) {
        assertThat(command.changes()).isEqualTo(text.matches(".*/(add|set|remove) .*"));
    }

    @Test
    void a_script_with_a_command_that_changes_something_is_sent_2_s_before_the_deadline_or_never() {
        var deadline = Deadline.after(60, TimeUnit.SECONDS);
        var reading = Command.count("/disk", SLOT);
        assertThat(Script.of(reading).sendBy(deadline)).isEqualTo(deadline);
        assertThat(Script.of(reading, Command.remove("/disk", SLOT), reading).sendBy(deadline))
                .isEqualTo(deadline.offset(-2, TimeUnit.SECONDS));
        assertThat(Script.of(Command.ifNone("/disk", SLOT, Command.remove("/file", SLOT)))
                        .sendBy(deadline))
                .isEqualTo(deadline.offset(-2, TimeUnit.SECONDS));
    }

    @Test
    void a_script_is_one_line_in_braces_that_ends_by_printing_the_mark() {
        var script = Script.of(Command.remove("/disk", SLOT), Command.count("/disk", SLOT));
        assertThat(script.render("end-1")).isEqualTo("""
                        { /disk/remove [find where slot="pvc-1"]; \
                        :put [:len [/disk/find where slot="pvc-1"]]; :put "end-1" }""");
    }

    @Test
    void a_command_that_would_write_nothing_cannot_be_made() {
        assertThatThrownBy(() -> Command.set("/disk", SLOT, Map.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void no_part_of_a_command_can_smuggle_in_another() {
        assertThatThrownBy(() -> Command.count("/disk/find]; /system/reboot; :put [", SLOT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Filter.is("slot=\"x\" || slot", "y")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Command.monitorTraffic("x\n/system/reboot"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_script_needs_a_command_and_fits_into_what_RouterOS_takes() {
        assertThatThrownBy(() -> new Script(List.of())).isInstanceOf(IllegalArgumentException.class);
        var long_ = Command.set("/disk", SLOT, Map.of("comment", "x".repeat(40_000)));
        assertThatThrownBy(() -> Script.of(long_, long_))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64000");
    }

    private static SequencedMap<String, String> properties(String... namesAndValues) {
        var properties = new LinkedHashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) properties.put(namesAndValues[i], namesAndValues[i + 1]);
        return properties;
    }
}
