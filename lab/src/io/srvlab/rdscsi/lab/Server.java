package io.srvlab.rdscsi.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command of rds-csi as a process of its own, which serves.
 *
 * @param ready what it printed when it began to
 */
record Server(Process process, Map<String, String> ready) implements AutoCloseable {
    private static final long ENDING_SECONDS = 30;

    /** Returns when it serves; what it logs is appended to {@code /tmp/COMMAND.log}. */
    static Server start(String command, String... arguments) throws IOException {
        var line = new ArrayList<>(List.of("/opt/jre/bin/java", "@/opt/java.options", "io.srvlab.rdscsi.cli.RdsCsi", command));
        line.addAll(List.of(arguments));
        var log = Path.of("/tmp", command + ".log").toFile();
        var process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var first = out.readLine(); // nothing if it ended
        if (first == null || !first.startsWith("READY ")) {
            process.destroyForcibly();
            throw new IOException("rds-csi " + command + " did not start: " + first + "; see " + log);
        }
        return new Server(process, parsed(first));
    }

    private static Map<String, String> parsed(String line) {
        var values = new HashMap<String, String>();
        for (var word : line.split(" ")) {
            var parts = word.split("=", 2);
            if (parts.length == 2) values.put(parts[0], parts[1]);
        }
        return values;
    }

    /** As when it is told to end, and waits until it has. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
