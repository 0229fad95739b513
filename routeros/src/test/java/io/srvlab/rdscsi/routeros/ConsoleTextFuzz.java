package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.TreeSet;

/** What a console may print: it is lines, a refusal or nothing, and counters or an {@link UnreadableReply}. */
public final class ConsoleTextFuzz {
    private ConsoleTextFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        var text = new String(data, UTF_8);
        var done = Answer.done(text, RestAnswerFuzz.MARK);
        if (done.isPresent() && !text.contains(RestAnswerFuzz.MARK)) throw new AssertionError("done without its mark");
        var refusal = Answer.refusal(text, "", new Rights(new TreeSet<>(), ""));
        if (refusal.isPresent() && refusal.get().toString().chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("a control character in a message");
        }
        var _ = Uptime.parse(text);
        try {
            var _ = Traffic.parse(text.lines().toList());
        } catch (UnreadableReply expected) {
            // Its own.
        }
    }
}
