package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fuzz targets, each for a second with inputs changed at random. {@code bin/fuzz} runs one for as long as you like. */
@Timeout(60)
class FuzzTargetsTest {
    private static final Duration EACH = Duration.ofSeconds(1);
    private static final int LENGTH_MAX = 4_096;

    private interface OneInput {
        void run(byte[] data);
    }

    enum Target {
        ROWS(RowsFuzz.class, RowsFuzz::fuzzerTestOneInput),
        REST_ANSWER(RestAnswerFuzz.class, RestAnswerFuzz::fuzzerTestOneInput),
        CONSOLE_TEXT(ConsoleTextFuzz.class, ConsoleTextFuzz::fuzzerTestOneInput),
        QUOTING(QuotingFuzz.class, QuotingFuzz::fuzzerTestOneInput);

        private final Class<?> type;

        @SuppressWarnings("ImmutableEnumChecker") // method references
        private final OneInput input;

        Target(Class<?> type, OneInput input) {
            this.type = type;
            this.input = input;
        }

        /** Inputs that get far, which a guided run begins with too. */
        List<byte[]> seeds() throws IOException {
            var seeds = new ArrayList<byte[]>();
            try (var files = Files.list(Path.of("src/test/fuzz", type.getSimpleName()))) {
                for (var file : files.sorted().toList()) seeds.add(Files.readAllBytes(file));
            }
            return seeds;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingButItsOwnErrorComesOfAnyInput(Target target) throws IOException {
        var seeds = target.seeds();
        long seed = Long.getLong("seed", System.nanoTime());
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        long end = System.nanoTime() + EACH.toNanos();
        for (int run = 0; run < 200 || System.nanoTime() < end; run++) {
            var data = seeds.get(random.nextInt(seeds.size()));
            for (int changes = random.nextInt(8); changes > 0; changes--) data = changed(data, random, seeds);
            var input = data;
            assertThatCode(() -> target.input.run(input))
                    .as("seed %d, run %d, input <%s>", seed, run, new String(input, UTF_8))
                    .doesNotThrowAnyException();
        }
    }

    /** One byte changed, a piece dropped, doubled, or taken from another seed. */
    private static byte[] changed(byte[] data, RandomGenerator random, List<byte[]> seeds) {
        if (data.length == 0) return new byte[] {(byte) random.nextInt()};
        int from = random.nextInt(data.length);
        int to = from + random.nextInt(data.length - from) + 1;
        var out = new ByteArrayOutputStream();
        out.write(data, 0, from);
        switch (random.nextInt(5)) {
            case 0 -> {
                out.write(random.nextInt(256));
                out.write(data, from + 1, data.length - from - 1);
            }
            case 1 -> out.write(data, to, data.length - to);
            case 2 -> {
                out.write(data, from, to - from);
                out.write(data, from, data.length - from);
            }
            case 3 -> {
                out.writeBytes(seeds.get(random.nextInt(seeds.size())));
                out.write(data, to, data.length - to);
            }
            default -> {
                out.write("\"\\{}[]:;$ 0e9-\r\n".charAt(random.nextInt(15)));
                out.write(data, from, data.length - from);
            }
        }
        return out.size() > LENGTH_MAX ? data : out.toByteArray();
    }
}
