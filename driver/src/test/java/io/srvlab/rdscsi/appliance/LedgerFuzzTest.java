package io.srvlab.rdscsi.appliance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bounded run of {@link LedgerFuzz}: records with fields that are changed, swapped, doubled and left out. */
@Timeout(60)
class LedgerFuzzTest {
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final List<String> FIELDS = List.of(
            "",
            "-",
            ",",
            "f",
            "h",
            "x",
            "k",
            "w",
            "W",
            "m",
            "fext4",
            "+",
            "rc1",
            "rc2",
            "@",
            "a@0a1b2c3d",
            "a@0a1b2c3d,b@00000000",
            "a@0a1b2c3d,b@00000000,c@ffffffff",
            "1-aaaaaaaa",
            "999999999999999999-aaaaaaaa",
            "9223372036854775807-aaaaaaaa",
            "\u00e4",
            "\u0000",
            "a b");

    @Test
    void nothingButWhatACommentCanBeComesOfAnyComment() throws IOException {
        var seeds = seeds();
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        long end = System.nanoTime() + TIME.toNanos();
        for (int run = 0; run < 200 || System.nanoTime() - end < 0; run++) {
            var comment = spoilt(seeds.get(random.nextInt(seeds.size())), random);
            assertThatCode(() -> LedgerFuzz.fuzzerTestOneInput(comment.getBytes(UTF_8)))
                    .as("seed %d, run %d, comment <%s>", seed, run, comment)
                    .doesNotThrowAnyException();
        }
    }

    /** The seeds get behind the check sum, or all of the above would be of damaged records only. */
    @Test
    void theSeedsAreRecords() throws IOException {
        assertThat(seeds())
                .hasSizeGreaterThan(3)
                .allSatisfy(seed -> assertThat(Comment.of(Optional.of(LedgerFuzz.mended(seed)), LedgerFuzz.VOLUME))
                        .isInstanceOf(Comment.Recorded.class));
    }

    /** Written back as it is, such a field would be a command that nobody takes, and a claim without a next one a dead end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rc1:abcdefg\u00fc:1795000000-abcdefgh:f:w:-:-:abcdefgh:-:-:0",
                "rc1:abcdefgh:1795000000-abcdefgh:f:w:-:\u00fc,0a1b2c3d:abcdefgh:-:-:0",
                "rc1:abcdefgh:1795000000-abcdefgh:f:w:-:-:\u0001:-:-:0",
                "rc1:abcdefgh:1795000000-abcdefgh:f:w:-:-:abcdefgh:-:\u0001:0",
                "rc1:abcdefgh:999999999999999999-abcdefgh:f:w:-:-:abcdefgh:-:-:0"
            })
    void aFieldThatIsNoSuchThingIsOfALaterVersionThoughTheCheckSumFits(String comment) {
        assertThat(Comment.of(Optional.of(LedgerFuzz.mended(comment)), LedgerFuzz.VOLUME))
                .isInstanceOf(Comment.Newer.class);
    }

    private static List<String> seeds() throws IOException {
        var seeds = new ArrayList<String>();
        try (var files = Files.list(Path.of("src/test/fuzz/LedgerFuzz"))) {
            for (var file : files.sorted().toList()) seeds.add(Files.readString(file));
        }
        return seeds;
    }

    private static String spoilt(String comment, Random random) {
        var fields = new ArrayList<>(List.of(comment.split(":", -1)));
        for (int changes = random.nextInt(4); changes > 0 && !fields.isEmpty(); changes--) {
            int at = random.nextInt(fields.size());
            switch (random.nextInt(5)) {
                case 0, 1 -> fields.set(at, FIELDS.get(random.nextInt(FIELDS.size())));
                case 2 -> fields.set(at, fields.get(at) + (char) random.nextInt(256));
                case 3 -> fields.add(at, fields.get(random.nextInt(fields.size())));
                default -> fields.remove(at);
            }
        }
        return String.join(":", fields);
    }
}
