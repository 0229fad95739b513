package io.srvlab.rdscsi.simulator;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Every exec in the order of its effect: the last {@value #KEPT} in memory, all of them in a file, one line each: time,
 * {@code ok} or {@code failed}, and the text, separated by tabs; a backslash, a tab and a line end are escaped.
 */
final class CommandLog implements AutoCloseable {
    private static final int KEPT = 20_000;

    /** No channel: that would be closed by the interrupt that ends a session in the middle of its line. */
    private final FileOutputStream file;

    private final Deque<Exec> last = new ArrayDeque<>();

    CommandLog(Path path) throws IOException {
        file = new FileOutputStream(path.toFile(), true);
    }

    /** Returns when another process can read it. */
    synchronized void add(Exec exec) {
        if (last.size() == KEPT) last.removeFirst();
        last.addLast(exec);
        try {
            file.write((line(exec) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized List<Exec> all() {
        return List.copyOf(last);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    static String line(Exec exec) {
        return "%s\t%s\t%s".formatted(exec.at(), exec.failed() ? "failed" : "ok", escaped(exec.text()));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\r", "\\r")
                .replace("\n", "\\n");
    }
}
