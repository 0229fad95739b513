package io.srvlab.rdscsi.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A server of {@code rds-csi} as a process of its own, from its READY line until it is closed. */
final class Program implements AutoCloseable {
    private static final long STOP_SECONDS = 15;

    private final Process process;
    private final Thread atExit;
    private final Map<String, String> ready = new HashMap<>();

    /**
     * Starts {@code launcher arguments…}.
     *
     * @param log takes its standard error
     * @throws IOException with that, if it does not become ready
     */
    Program(Path launcher, Path log, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        var line = process.inputReader().readLine();
        if (line == null || !line.startsWith("READY")) {
            throw new IOException(arguments.getFirst() + " did not start: " + Files.readString(log));
        }
        for (var word : line.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) ready.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    /** What the READY line says under {@code key}. */
    String ready(String key) {
        return Objects.requireNonNull(ready.get(key), () -> "the READY line has no " + key);
    }

    /** What it holds in memory (VmRSS), in MiB. */
    double rss() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024.0;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, SECONDS)) process.destroyForcibly();
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
