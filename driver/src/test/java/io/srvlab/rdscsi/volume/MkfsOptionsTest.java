package io.srvlab.rdscsi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MkfsOptionsTest {
    @Test
    void whatIsOnTheListBecomesWordsBesideTheDriversOwn() {
        assertThat(MkfsOptions.parse("ext4", " -i 8192  -E stride=16,stripe_width=64 ")
                        .words(Map.of("-E", "nodiscard")))
                .containsExactly("-E", "nodiscard,stride=16,stripe_width=64", "-i", "8192");
        assertThat(MkfsOptions.parse("xfs", "").words(Map.of("-m", "uuid=x"))).containsExactly("-m", "uuid=x");
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, -i 8192 -I 512 -O quota",
        "ext4, -N 100000 -T news -m 5 -J size=128 -b 4096",
        "xfs, '-d su=64k,sw=4 -m reflink=0,rmapbt=1 -l size=128m -i size=512 -b size=4096'",
        "btrfs, -n 16k -s 4096 --checksum xxhash -m dup -O ^no-holes"
    })
    void whatGivesAFilesystemItsShapeIsTaken(String fsType, String text) {
        assertThat(MkfsOptions.parse(fsType, text).values()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, -F, -F",
        "ext4, -i, -i",
        "ext4, -i 8192 -i 4096, twice",
        "ext4, -L label, -L",
        "ext4, -U random, -U",
        "ext4, -O ^has_journal, ^has_journal",
        "ext4, -J device=/dev/sda, /dev/sda",
        "ext4, '-E lazy_journal_init=1', lazy_journal_init",
        "ext4, '-E stride=16,root_owner=1:1', root_owner",
        "ext4, /dev/sda, /dev/sda",
        "xfs, -f, -f",
        "xfs, -l logdev=/dev/sda, logdev",
        "xfs, '-m uuid=6ba7b810-9dad-11d1-80b4-00c04fd430c8', uuid",
        "xfs, -m crc=0, crc",
        "xfs, -i 8192, -i 8192",
        "xfs, -p /etc/passwd, -p",
        "btrfs, -f, -f",
        "btrfs, --rootdir /etc, --rootdir",
        "btrfs, -d raid0, raid0",
        "ext4, '-i 8192;reboot', 8192;reboot",
        "vfat, -n X, vfat"
    })
    void whatIsOnNoListIsRefusedByName(String fsType, String text, String named) {
        assertThatThrownBy(() -> MkfsOptions.parse(fsType, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }
}
