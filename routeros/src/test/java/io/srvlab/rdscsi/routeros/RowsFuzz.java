package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;

/** JSON of rows, and whatever a caller asks of each: it is read, or it is an {@link UnreadableReply}. */
public final class RowsFuzz {
    private RowsFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        try {
            for (var row : Rows.parse(new String(data, UTF_8))) {
                for (var name : new String[] {"slot", "size", "comment", "disabled"}) {
                    var _ = row.text(name);
                    ask(() -> row.number(name));
                    ask(() -> row.flag(name));
                }
            }
        } catch (UnreadableReply expected) {
            // Its own.
        }
    }

    private static void ask(Runnable question) {
        try {
            question.run();
        } catch (UnreadableReply expected) {
            // Its own.
        }
    }
}
