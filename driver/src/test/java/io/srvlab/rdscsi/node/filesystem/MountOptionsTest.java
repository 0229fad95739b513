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
        for (var type : FsType.values()) {
            assertThatThrownBy(() -> MountOptions.parse(List.of(option)).completed(type, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is refused");
        }
    }

    /** They skip the journal's replay, or give up what a crash leaves whole; and what nobody has heard of. */
    @ParameterizedTest
    @ValueSource(strings = {"noload", "norecovery", "rescue=all", "nobarrier", "barrier=0", "nosuchoption", "subvol=x"})
    void whatIsOnNoListIsRefused(String option) {
        for (var type : FsType.values()) {
            assertThatThrownBy(() -> MountOptions.parse(List.of(option)).completed(type, false))
                    .hasMessageContaining("'" + option + "'");
        }
    }

    @Test
    void anOptionIsTakenForTheFilesystemThatKnowsIt() {
        var options = MountOptions.parse(List.of("compress=zstd:3"));
        assertThat(options.completed(FsType.BTRFS, false).text()).isEqualTo("compress=zstd:3");
        assertThatThrownBy(() -> options.completed(FsType.EXT4, false)).hasMessageContaining("ext4");
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
