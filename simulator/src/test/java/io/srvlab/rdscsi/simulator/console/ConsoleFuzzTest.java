package io.srvlab.rdscsi.simulator.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bounded run of {@link ConsoleFuzz}: text at random, words at random, and real lines with something wrong. */
@Timeout(120)
final class ConsoleFuzzTest {
    private static final Duration EACH = Duration.ofSeconds(4);
    private static final List<String> WORDS = List.of(
            ":put",
            ":local",
            ":set",
            ":if",
            ":foreach",
            ":while",
            ":do",
            ":execute",
            ":error",
            ":return",
            ":len",
            ":pick",
            ":serialize",
            "/disk",
            "/disk/print",
            "/system/script/job/print",
            "find",
            "where",
            "do=",
            "else=",
            "in=",
            "from=",
            "to=json",
            "value=",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "\"",
            "$",
            "$a",
            "a",
            "=",
            "~",
            "!",
            "&&",
            "||",
            ".",
            "->",
            ",",
            ";",
            "\n",
            "*1",
            "*FFFFFFFFFFFFFFF",
            "9223372036854775807",
            "-1",
            "10.0.0.1",
            "1w",
            "::",
            "slot",
            "comment",
            "\\",
            "#",
            "/");

    private interface Input {
        String next(Random random);
    }

    @Test
    @DisplayName("bytes at random are answered")
    void noise() {
        run(random -> {
            var bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            return new String(bytes, ISO_8859_1);
        });
    }

    @Test
    @DisplayName("words of the language at random are answered")
    void words() {
        run(random -> {
            var text = new StringBuilder();
            for (int i = random.nextInt(60); i >= 0; i--) {
                text.append(any(WORDS, random)).append(random.nextInt(3) == 0 ? "" : " ");
            }
            return text.toString();
        });
    }

    @Test
    @DisplayName("real lines that are cut, mixed and spoilt are answered")
    void spoilt() throws IOException {
        var lines = lines();
        run(random -> {
            var text = new StringBuilder(any(lines, random));
            for (int i = random.nextInt(6); i >= 0; i--) spoil(text, lines, random);
            return text.toString();
        });
    }

    /** What a guided run begins with too. */
    private static List<String> lines() throws IOException {
        var lines = new ArrayList<String>();
        try (var files = Files.list(Path.of("src/test/fuzz/ConsoleFuzz"))) {
            for (var file : files.sorted().toList()) lines.add(Files.readString(file));
        }
        return lines;
    }

    private static String any(List<String> texts, Random random) {
        return texts.get(random.nextInt(texts.size()));
    }

    private static void spoil(StringBuilder text, List<String> lines, Random random) {
        int at = random.nextInt(text.length() + 1);
        switch (random.nextInt(5)) {
            case 0 -> text.setLength(at);
            case 1 -> text.insert(at, (char) random.nextInt(256));
            case 2 -> text.insert(at, any(WORDS, random));
            case 3 -> text.delete(at, Math.min(text.length(), at + random.nextInt(8)));
            default -> text.insert(at, any(lines, random));
        }
    }

    private static void run(Input inputs) {
        long end = System.nanoTime() + EACH.toNanos();
        for (long seed = 0; System.nanoTime() - end < 0; seed++) {
            var input = inputs.next(new Random(seed));
            try {
                ConsoleFuzz.fuzzerTestOneInput(input.getBytes(ISO_8859_1));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + input, e);
            }
        }
    }

    /** What takes most of whatever is counted. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ":while (true) do={}",
                ":local a \"xxxxxxxx\"; :while (true) do={ :set a ($a . $a) }",
                ":local a {1;2}; :while (true) do={ :set a ($a , $a) }",
                ":put (\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" ~ \"^(a+)+b\")",
                ":local a \"a\"; :for i from=1 to=12 do={ :set a ($a . $a) }; :while (true) do={ :local b ($a ~ \"b\") }",
                ":for i from=1 to=9223372036854775807 do={}",
                ":for i from=9223372036854775800 to=9223372036854775807 do={}",
                ":execute \":while (true) do={}\" as-string",
                ":while (true) do={ :execute {:while (true) do={}} }",
                ":put (-9223372036854775808 / -1)",
                ":put [:pick \"abc\" 9223372036854775807]"
            })
    @DisplayName("what would never end or never be full has an end")
    void bounded(String line) {
        ConsoleFuzz.fuzzerTestOneInput(line.getBytes(ISO_8859_1));
    }

    @Test
    @DisplayName("the deepest nesting of each bracket, and of scripts in scripts, overflows no stack")
    void deep() {
        var inputs = new ArrayList<String>();
        for (var bracket :
                List.of("[", "(", "{", "\"$[", "[:len {", "!", "-", ":do {", ":if (true) do={", "/disk/find where (")) {
            for (int depth : new int[] {30, 49, 99, 100, 1_000, 20_000}) inputs.add(":put " + bracket.repeat(depth));
        }
        inputs.add(":put " + "[".repeat(90) + ":put 1" + "]".repeat(90));
        inputs.add(":put [:execute \":put [:execute \\\":put " + "[".repeat(80) + ":put 1" + "]".repeat(80)
                + "\\\" as-string]\" as-string]");
        for (var input : inputs) {
            if (input.length() < 60_000) ConsoleFuzz.fuzzerTestOneInput(input.getBytes(ISO_8859_1));
        }
    }
}
