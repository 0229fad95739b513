package io.srvlab.rdscsi.node.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountTableTest {
    private static MountTable table(String... lines) {
        return MountTable.parse(String.join("\n", lines));
    }

    private static String unescaped(String written) {
        var bytes = written.getBytes(StandardCharsets.UTF_8);
        return MountLine.unescape(bytes, 0, bytes.length);
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
        assertThat(unescaped(written)).isEqualTo(meant);
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
            assertThat(unescaped(line)).as("seed %d round %d", seed, round).isEqualTo(path);
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "36",
                "36 35 98:0 / /a rw",
                "36 35 98:0 / /a rw - ext4 /dev/sda",
                "36 35 98:0 / /a - ext4 /dev/sda rw",
                "36 35 98:0 / /a - ext4 - - rw",
                "36 35 98:0 / /a rw shared:1 ext4 /dev/sda rw",
                "36 35 980 / /a rw - ext4 /dev/sda rw",
                "36 35 98:x / /a rw - ext4 /dev/sda rw",
                "x 35 98:0 / /a rw - ext4 /dev/sda rw",
                "36 99999999999 98:0 / /a rw - ext4 /dev/sda rw",
                "36 35 98:0 / /a rw - ext4 /dev/sda\n rw"
            })
    void aTableIsOnlyReadIfEveryLineOfItIsOne(String line) {
        var whole = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n";
        for (var table : List.of(whole + line + "\n", line + "\n" + whole)) {
            assertThatThrownBy(() -> MountTable.parse(table)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatIsAskedOfTheTableIsWhatAPlainReadingOfAllItsLinesTells() throws IOException {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 300; round++) {
            var text = PlainMountTable.random(random);
            var table = MountTable.parse(text);
            var plain = PlainMountTable.parse(text);
            assertThat(table.entries()).as("seed %d round %d", seed, round).isEqualTo(plain.entries());
            for (var entry : plain.entries()) {
                var place = Path.of(entry.mountPoint());
                for (var asked : List.of(place, place.resolve("x"), Path.of(entry.mountPoint() + "x"))) {
                    assertThat(table.at(asked))
                            .as("seed %d round %d at %s", seed, round, asked)
                            .isEqualTo(plain.at(asked));
                }
                assertThat(table.of(entry.device()))
                        .as("seed %d round %d of %s", seed, round, entry.device())
                        .isEqualTo(plain.of(entry.device()));
                assertThat(table.sharing(entry))
                        .as("seed %d round %d sharing %s", seed, round, entry)
                        .isEqualTo(plain.entries().stream()
                                .filter(other -> other.device().equals(entry.device()))
                                .toList());
            }
        }
    }

    @Test
    void aDamagedTableIsUnderstoodAsByAPlainReadingOrNotAtAll() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++) {
            var text = PlainMountTable.damaged(PlainMountTable.random(random), random);
            Optional<List<MountEntry>> plain =
                    outcome(() -> PlainMountTable.parse(text).entries());
            assertThat(outcome(() -> MountTable.parse(text).entries()))
                    .as("seed %d round %d: %s", seed, round, text)
                    .isEqualTo(plain);
        }
    }

    private static Optional<List<MountEntry>> outcome(Supplier<List<MountEntry>> reading) {
        try {
            return Optional.of(reading.get());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A device whose number the table does not show; its node is made where no others are, so root makes it. */
    @Test
    void aBtrfsIsFoundByTheDeviceThatItsSourceLeadsTo(@TempDir Path directory) throws IOException {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root: mknod");
        var device = new DeviceNumber(240, 7); // of those that are nobody's (Documentation/admin-guide/devices.txt)
        Mounting.makeNode(directory.resolve("node"), device, true);
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("node"));
        var table = table(
                "1 0 0:40 / /a rw - btrfs " + directory.resolve("node") + " rw",
                "2 0 0:41 / /b rw - btrfs /dev/null rw",
                "3 0 0:42 / /c rw - tmpfs " + directory.resolve("node") + " rw",
                "4 0 0:40 / /d ro - btrfs " + directory.resolve("link") + " rw");
        assertThat(table.of(device)).extracting(MountEntry::id).containsExactly(1, 4);
        assertThat(table.of(new DeviceNumber(0, 40)))
                .as("a made-up number is no device's")
                .isEmpty();
        assertThat(table.sharing(table.top(Path.of("/d")).orElseThrow()))
                .extracting(MountEntry::id)
                .containsExactly(1, 4);
    }

    /** The kernel does not say how long it is: at and around each length at which more room is made for it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 32 << 10, 64 << 10, 300_000})
    void aTableOfWhateverLengthIsReadToItsEnd(int about, @TempDir Path directory) throws IOException {
        var file = directory.resolve("mountinfo");
        var text = new StringBuilder();
        var count = 0;
        while (text.length() < about - 200) text.append(line(++count, "/mnt"));
        for (var length = about - 3; length <= about + 3; length++) {
            var last = line(count + 1, "/last");
            var room = length - text.length() - last.length();
            if (room < 0) continue;
            Files.writeString(file, text + line(count + 1, "/last" + "x".repeat(room)));
            assertThat(Files.size(file)).isEqualTo(length);
            assertThat(MountTable.read(file.toString()).entries()).hasSize(count + 1);
        }
        Files.writeString(file, "");
        assertThat(MountTable.read(file.toString()).entries()).isEmpty();
    }

    private static String line(int id, String place) {
        return id + " 0 8:1 / " + place + " rw - ext4 /dev/sda1 rw\n";
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
