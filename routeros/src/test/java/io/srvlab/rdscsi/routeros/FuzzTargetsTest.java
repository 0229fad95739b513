package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
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
        ROWS(
                RowsFuzz::fuzzerTestOneInput,
                "[{\".id\":\"*1A\",\"slot\":\"pvc-1\",\"size\":53687091200,\"disabled\":true,\"comment\":null}]",
                "[{\"size\":\"53 687 091 200\"},{\"size\":1e99},{\"size\":[1,\"a\",[true]]}]"),
        REST_ANSWER(
                RestAnswerFuzz::fuzzerTestOneInput,
                "\0{\"ret\":\"[]\\r\\n" + RestAnswerFuzz.MARK + "\\r\\n\"}",
                "\4{\"error\":400,\"message\":\"Bad Request\",\"detail\":\"failure: already have such entry\"}"),
        CONSOLE_TEXT(
                ConsoleTextFuzz::fuzzerTestOneInput,
                "[]\r\n0\r\n" + RestAnswerFuzz.MARK + "\r\n",
                "failure: not enough space (/disk/add; line 1)\n",
                "         in-flight-ops:       0\r\n              read-ops:         243 401\r\n",
                "1w2d03:04:05"),
        QUOTING(
                QuotingFuzz::fuzzerTestOneInput,
                "rc1:a.b,c@d+e_f-g",
                "\" ; /note/remove [find]; :put \"",
                "$x$[/a]\\?\\\\");

        @SuppressWarnings("ImmutableEnumChecker") // method references
        private final OneInput input;

        @SuppressWarnings("ImmutableEnumChecker") // made by List.of
        private final List<String> seeds;

        Target(OneInput input, String... seeds) {
            this.input = input;
            this.seeds = List.of(seeds);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingButItsOwnErrorComesOfAnyInput(Target target) {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        long end = System.nanoTime() + EACH.toNanos();
        for (int run = 0; run < 200 || System.nanoTime() < end; run++) {
            var data = target.seeds.get(random.nextInt(target.seeds.size())).getBytes(UTF_8);
            for (int changes = random.nextInt(8); changes > 0; changes--) data = changed(data, random, target.seeds);
            var input = data;
            assertThatCode(() -> target.input.run(input))
                    .as("seed %d, run %d, input <%s>", seed, run, new String(input, UTF_8))
                    .doesNotThrowAnyException();
        }
    }

    /** One byte changed, a piece dropped, doubled, or taken from another seed. */
    private static byte[] changed(byte[] data, RandomGenerator random, List<String> seeds) {
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
                out.writeBytes(seeds.get(random.nextInt(seeds.size())).getBytes(UTF_8));
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
