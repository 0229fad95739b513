package io.srvlab.rdscsi.node.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountTableTest {
    private static MountTable table(String... lines) {
        return MountTable.parse(String.join("\n", lines));
    }

    @Test
    void everyFieldIsReadWhateverTheNumberOfOptionalOnes() {
        var plain = "36 35 98:0 /mnt1 /mnt2 rw,noatime - ext3 /dev/root rw,errors=continue";
        var shared = "36 35 98:0 /mnt1 /mnt2 rw,noatime shared:4 master:1 - ext3 /dev/root rw,errors=continue";
        assertThat(table(plain).entries().getFirst().shared()).isFalse();
        assertThat(table(shared).entries().getFirst().shared()).isTrue();
        assertThat(table(plain, shared).entries()).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.device()).isEqualTo(new DeviceNumber(98, 0));
            assertThat(entry.root()).isEqualTo("/mnt1");
            assertThat(entry.mountPoint()).isEqualTo("/mnt2");
            assertThat(entry.options()).containsExactlyInAnyOrder("rw", "noatime");
            assertThat(entry.fsType()).isEqualTo("ext3");
            assertThat(entry.source()).isEqualTo("/dev/root");
            assertThat(entry.superOptions()).containsExactlyInAnyOrder("rw", "errors=continue");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/plain, /plain",
        "/with\\040blank, '/with blank'",
        "/tab\\011, '/tab\t'",
        "/back\\134slash, /back\\slash",
        "/back\\134040, /back\\040",
        "/not\\09octal, /not\\09octal",
        "/end\\04, /end\\04",
        "/\\303\\244, /ä",
        "/ä, /ä",
    })
    void escapesAreUndoneOnce(String written, String meant) {
        assertThat(MountTable.unescape(written)).isEqualTo(meant);
    }

    @Test
    void whateverThePathItIsReadAsItWasMeant() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 1000; round++) {
            var path = "/"
                    + random.ints(12, 0, 6)
                            .mapToObj(i -> new String[] {"a", " ", "\t", "\n", "\\", "ü"}[i])
                            .reduce("", String::concat);
            var written = new StringBuilder();
            for (var b : path.getBytes(StandardCharsets.UTF_8)) {
                var escaped = b == ' ' || b == '\t' || b == '\n' || b == '\\';
                written.append(escaped ? "\\%03o".formatted((int) b) : String.valueOf((char) (b & 0xff)));
            }
            // As bytes the kernel's own; read back as the UTF-8 that they are.
            var line = new String(written.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            assertThat(MountTable.unescape(line))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(path);
        }
    }

    @Test
    void ofStackedMountsTheTopmostIsSeenInWhateverOrderTheyAreListed() {
        var lower = "50 30 7:0 / /a/b rw - ext4 /dev/loop0 rw";
        var upper = "40 50 7:1 / /a/b ro - ext4 /dev/loop1 rw";
        for (var table : new MountTable[] {table(lower, upper), table(upper, lower)}) {
            assertThat(table.at(Path.of("/a/b"))).extracting(MountEntry::id).containsExactly(50, 40);
            assertThat(table.top(Path.of("/a/b")).orElseThrow().readOnly()).isTrue();
        }
    }

    @Test
    void aPlaceIsCoveredByTheNearestMountAboveIt() {
        var table = table(
                "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
                "2 1 0:30 / /var/lib rw,nodev - tmpfs tmpfs rw",
                "3 1 0:31 / /var/library rw - tmpfs tmpfs rw");
        assertThat(table.covering(Path.of("/var/lib/x/y")).orElseThrow().id()).isEqualTo(2);
        assertThat(table.covering(Path.of("/var/library/x")).orElseThrow().id()).isEqualTo(3);
        assertThat(table.covering(Path.of("/var")).orElseThrow().id()).isEqualTo(1);
        assertThat(table.top(Path.of("/var/lib/x"))).isEmpty();
    }

    @Test
    void aLineThatIsNotUnderstoodMakesTheWholeTableUnreadable() {
        assertThatThrownBy(() -> table("1 0 8:1 / / rw - ext4 /dev/sda1 rw", "nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void thisMachinesOwnTableIsRead() throws IOException {
        assertThat(MountTable.read().top(Path.of("/proc")).orElseThrow().fsType())
                .isEqualTo("proc");
    }

    @ParameterizedTest
    @CsvSource({"7,0", "8,17", "259,3", "259,300", "4095,1048575", "253,65536"})
    void deviceNumbersSurviveTheKernelsPacking(int major, int minor) {
        var number = new DeviceNumber(major, minor);
        assertThat(DeviceNumber.unpack(number.packed())).isEqualTo(number);
        assertThat(DeviceNumber.parse(number.toString())).isEqualTo(number);
    }
}
