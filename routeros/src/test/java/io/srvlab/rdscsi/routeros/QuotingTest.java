package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotingTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "``        , `\"\"`",
                "plain     , `\"plain\"`",
                "`a b`     , `\"a b\"`",
                "`a\"b`    , `\"a\\\"b\"`",
                "`a\\b`    , `\"a\\\\b\"`",
                "`$slot`   , `\"\\$slot\"`",
                "`why?`    , `\"why\\?\"`",
                "`[x];{y}#`, `\"[x];{y}#\"`",
                "`/a/b`    , `\"/a/b\"`",
            })
    void every_value_stands_between_quotes_with_what_is_special_escaped(String value, String quoted) {
        assertThat(Quoting.quote(value)).isEqualTo(quoted);
    }

    @ParameterizedTest
    @CsvSource({"10, U+000A", "13, U+000D", "27, U+001B", "0, U+0000", "127, U+007F", "233, U+00E9", "128512, U+1F600"})
    void a_control_or_non_ascii_character_is_refused_by_its_code_point_and_never_echoed(int codePoint, String named) {
        var bad = Character.toString(codePoint);
        assertThatThrownBy(() -> Quoting.quote("ab" + bad + "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named)
                .hasMessageContaining("position 2")
                .hasMessageNotContaining(bad);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "slot=x", "Slot", "-slot", "slot-", "a--b", "a;b", "$a", "\u00e9", "a\n"})
    void a_property_whose_name_is_none_is_refused(String name) {
        assertThatThrownBy(() -> Quoting.property(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "disk", "/disk/", "//disk", "/disk add", "/disk;", "/Disk", "/disk\n"})
    void a_menu_whose_path_is_none_is_refused(String path) {
        assertThatThrownBy(() -> Quoting.menu(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void menus_and_properties_in_use_are_taken() {
        assertThat(Quoting.menu("/disk/btrfs/subvolume")).isEqualTo("/disk/btrfs/subvolume");
        assertThat(Quoting.property("nvme-tcp-server-allow-host-name")).isEqualTo("nvme-tcp-server-allow-host-name");
    }
}
