package io.srvlab.rdscsi.node.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs the few programs that are needed, from where the system keeps them, with nothing of our own environment. */
public record Programs(List<Path> directories) {
    private static final int OUTPUT_BYTES_KEPT = 8192;

    public static final Programs OF_THE_SYSTEM =
            new Programs(List.of(Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin")));

    public Programs {
        directories = List.copyOf(directories);
    }

    /** What became of a run; {@code output} is what it printed, of both streams, the first 8 KiB. */
    public record Ended(boolean ok, String output) {}

    public Optional<Path> find(String name) {
        return directories.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs to its end or to {@code limit}, then kills it. It cannot ask: its input is empty. */
    public Ended run(List<String> command, Duration limit) throws IOException {
        return run(command, Map.of(), limit);
    }

    /** The same with some words in its environment, which is otherwise empty but for a language and a path. */
    public Ended run(List<String> command, Map<String, String> environment, Duration limit) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
        builder.environment().putAll(environment);
        var process = builder.start();
        var output = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> output.complete(drain(process.getInputStream())));
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Ended(process.exitValue() == 0, "exit " + process.exitValue() + ": " + output.join());
            }
            process.destroyForcibly();
            return new Ended(false, "did not end within " + limit.toMillis() + " ms and was killed");
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " ran", e);
        }
    }

    private static String drain(InputStream stream) {
        try (stream) {
            var kept = new String(stream.readNBytes(OUTPUT_BYTES_KEPT), StandardCharsets.UTF_8);
            stream.transferTo(OutputStream.nullOutputStream());
            return kept.strip().replaceAll("\\s+", " ");
        } catch (IOException e) {
            return "(its output could not be read: " + e.getMessage() + ")";
        }
    }
}
