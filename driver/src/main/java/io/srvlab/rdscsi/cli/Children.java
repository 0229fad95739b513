package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Other commands of this program, as processes of their own; all are stopped on close, the last one first. */
final class Children implements AutoCloseable {
    private static final long READY_SECONDS = 30;
    private static final long STOP_SECONDS = 10;

    private final Path logs;
    private final Deque<Process> running = new ArrayDeque<>();

    /** @param logs directory for the children's standard error */
    Children(Path logs) {
        this.logs = logs;
    }

    /**
     * Starts {@code rds-csi <arguments>} and waits for its READY line.
     *
     * @return what that line says, by key
     * @throws IOException with what the child wrote, if it does not become ready
     */
    Map<String, String> start(String name, List<String> arguments) throws IOException, InterruptedException {
        var log = Files.createDirectories(logs).resolve(name + ".log");
        var process = new ProcessBuilder(command(arguments))
                .redirectError(log.toFile())
                .start();
        running.push(process);
        var firstLine = CompletableFuture.supplyAsync(
                () -> readLine(process), task -> Thread.ofVirtual().start(task));
        try {
            var line = firstLine.get(READY_SECONDS, SECONDS);
            if (line.startsWith("READY")) return values(line);
            throw new IOException(
                    name + " did not start: " + Files.readString(log).strip());
        } catch (ExecutionException e) {
            throw new IOException(name + " did not start: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    name + " was not ready within " + READY_SECONDS + " s: "
                            + Files.readString(log).strip(),
                    e);
        }
    }

    /** What a READY line says under {@code key}. */
    static String value(Map<String, String> ready, String key) {
        return Objects.requireNonNull(ready.get(key), () -> "the READY line has no " + key);
    }

    /** The same JVM, with the same options and the same jars. */
    private static List<String> command(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (var option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // What the parent records for itself, a child would overwrite.
            if (!option.startsWith("-XX:AOTCacheOutput")) command.add(option);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RdsCsi.class.getName()));
        command.addAll(arguments);
        return command;
    }

    private static String readLine(Process process) {
        try {
            var line = process.inputReader().readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> values(String readyLine) {
        var values = new HashMap<String, String>();
        for (var word : readyLine.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) values.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return values;
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            var process = running.pop();
            process.destroy();
            try {
                if (!process.waitFor(STOP_SECONDS, SECONDS)) process.destroyForcibly();
            } catch (InterruptedException _) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
