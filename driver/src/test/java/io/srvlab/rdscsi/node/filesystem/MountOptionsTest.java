package io.srvlab.rdscsi.node.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountOptionsTest {
    @Test
    void knownWordsBecomeFlagsAndTheRestGoesToTheFilesystem() {
        var options =
                MountOptions.parse(List.of("noatime,nodev", "discard", "defaults", "x-systemd.automount", "commit=7"));
        assertThat(options.flags()).isEqualTo(1024 | 4);
        assertThat(options.data()).containsExactly("discard", "commit=7");
    }

    @Test
    void aLaterWordOverrulesAnEarlierOne() {
        assertThat(MountOptions.parse(List.of("ro", "rw")).readOnly()).isFalse();
        assertThat(MountOptions.parse(List.of("rw", "ro")).readOnly()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bind",
                "rbind",
                "move",
                "remount",
                "shared",
                "private",
                "rslave",
                "loop",
                "offset=4096",
                "journal_path=/dev/sda",
                "journal_dev=0x0801",
                "logdev=/dev/sda",
                "device=/dev/sda",
                "errors=panic",
                "noatime,remount",
                "a b",
                "a\nb",
                "a\u0000b",
                "\"",
                "a\\040b"
            })
    void dangerousOptionsAreRefusedByName(String option) {
        assertThatThrownBy(() -> MountOptions.parse(List.of(option)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is refused");
    }

    @Test
    void readersReplayNoJournal() {
        assertThat(MountOptions.NONE.completed(FsType.EXT4, true).text()).isEqualTo("noload");
        assertThat(MountOptions.NONE.completed(FsType.XFS, true).text()).isEqualTo("nouuid,norecovery");
        assertThat(MountOptions.NONE.completed(FsType.BTRFS, true).readOnly()).isTrue();
        assertThat(MountOptions.NONE.completed(FsType.EXT4, false)).isEqualTo(MountOptions.NONE);
    }

    @Test
    void aLabelKeepsTheEndOfTheVolumesName() {
        assertThat(FsType.EXT4.label("pvc-6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
                .isEqualTo("0b4-00c04fd430c8");
        assertThat(FsType.XFS.label("db-0")).isEqualTo("db-0");
    }
}
