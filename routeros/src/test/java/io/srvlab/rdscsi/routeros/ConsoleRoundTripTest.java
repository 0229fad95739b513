package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** What a command says is what a RouterOS parser reads, for any text that a command can carry. */
class ConsoleRoundTripTest {
    private static final Rights NONE = new Rights(Collections.emptySortedSet(), "");

    private static final String MARK = "rds-csi-end-0123456789abcdef";
    private static final int TRIALS = 3_000;

    private final Notes notes = new Notes();
    private final Console console = new Console(Map.of("note", notes));

    @Test
    void any_ascii_text_arrives_as_it_was_and_comes_back_as_it_was() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("round trip seed: " + seed);
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int trial = 0; trial < TRIALS; trial++) {
            var text = text(random);
            notes.items.clear();
            var printed = run(Script.of(
                    Command.add("/note", Map.of("comment", text)),
                    Command.count("/note", Filter.is("comment", text)),
                    Command.ifNone(
                            "/note", Filter.is("comment", text), Command.add("/note", Map.of("comment", "not found"))),
                    Command.printJson("/note", Filter.is("comment", text))));
            assertThat(notes.items)
                    .describedAs("seed %d, trial %d, text <%s>", seed, trial, text)
                    .singleElement()
                    .satisfies(item -> assertThat(item.values()).containsEntry("comment", new Value.Text(text)));
            assertThat(printed.getFirst())
                    .describedAs("found by, seed %d, trial %d", seed, trial)
                    .isEqualTo("1");
            assertThat(Rows.parse(printed.getLast()).getFirst().text("comment"))
                    .describedAs("seed %d, trial %d", seed, trial)
                    .contains(text);
        }
    }

    @Test
    void what_was_joined_means_what_it_says() {
        run(Script.of(
                Command.add("/note", Map.of("comment", "a")),
                Command.add("/note", Map.of("comment", "b")),
                Command.add("/note", Map.of("title", "unset"))));
        assertThat(count(Filter.unset("comment"))).isEqualTo(1);
        assertThat(count(Filter.is("comment", "a").or(Filter.unset("comment")))).isEqualTo(2);
        assertThat(count(Filter.is("comment", "a").and(Filter.unset("comment"))))
                .isZero();
        assertThat(count(Filter.is("comment", "a").or(Filter.is("comment", "b")).and(Filter.is("comment", "b"))))
                .isEqualTo(1);
        assertThat(count(Filter.is("comment", "b").and(Filter.is("comment", "b").or(Filter.is("comment", "a")))))
                .isEqualTo(1);
        assertThat(count(Filter.matches("comment", "^[ab]$"))).isEqualTo(2);
        assertThat(count(Filter.isNumber("size", 5))).isZero();
    }

    @Test
    void a_command_that_fails_ends_the_script_before_its_mark() {
        var output = console.run(
                Script.of(Command.add("/note", Map.of("colour", "red")), Command.add("/note", Map.of("comment", "a")))
                        .render(MARK));
        assertThat(Answer.done(output.text(), MARK)).isEmpty();
        assertThat(Answer.refusal(output.text(), "", NONE)).containsInstanceOf(Reply.Refused.class);
        assertThat(notes.items).isEmpty();
    }

    private int count(Filter where) {
        return Integer.parseInt(run(Script.of(Command.count("/note", where))).getFirst());
    }

    private List<String> run(Script script) {
        var output = console.run(script.render(MARK));
        return Answer.done(output.text(), MARK)
                .orElseThrow(() -> new AssertionError(script.render(MARK) + "\n" + output.text()));
    }

    /** Mostly what is special to the console, since the rest is easy. */
    private static String text(RandomGenerator random) {
        var special = "\"\\$?[](){};=~!&|#/:,'` %@<>*+-_^.nrtabf0A";
        var text = new StringBuilder();
        for (int i = random.nextInt(24); i > 0; i--) {
            text.append(
                    random.nextInt(3) > 0
                            ? special.charAt(random.nextInt(special.length()))
                            : (char) random.nextInt(0x20, 0x7f));
        }
        return text.toString();
    }
}
