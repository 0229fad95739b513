package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.List;
import java.util.Map;

/** Any text as a value of a command: it is refused before anything is sent, or a console reads exactly that text and runs nothing else. */
public final class QuotingFuzz {
    private QuotingFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        var text = new String(data, UTF_8);
        Command add;
        try {
            add = Command.add("/note", Map.of("comment", text));
        } catch (IllegalArgumentException refused) {
            if (text.chars().allMatch(c -> c >= 0x20 && c <= 0x7e))
                throw new AssertionError("refused: " + text, refused);
            return;
        }
        var notes = new Notes();
        var script = Script.of(add, Command.count("/note", Filter.is("comment", text)));
        var printed = new Console(Map.of("note", notes))
                .run(script.render(RestAnswerFuzz.MARK))
                .text();
        var values =
                notes.items().stream().map(item -> item.values().get("comment")).toList();
        if (!values.equals(List.of(new Value.Text(text)))) throw new AssertionError(text + " arrived as " + values);
        if (!Answer.done(printed, RestAnswerFuzz.MARK).equals(java.util.Optional.of(List.of("1")))) {
            throw new AssertionError(text + " printed " + printed);
        }
    }
}
