package io.srvlab.rdscsi.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What Linux and the JVM say of this process; nothing where they do not say it. */
final class ProcessStatus {
    private static final Path SELF = Path.of("/proc/self");

    private ProcessStatus() {}

    static Optional<Instant> started() {
        return ProcessHandle.current().info().startInstant();
    }

    static Optional<Duration> cpu() {
        return ProcessHandle.current().info().totalCpuDuration();
    }

    /** In bytes. */
    static Optional<Long> residentMemory() {
        return status("VmRSS").map(kibibytes -> kibibytes * 1024);
    }

    /** The operating system's: virtual threads are not among them. */
    static Optional<Long> threads() {
        return status("Threads");
    }

    static Optional<Long> openFiles() {
        try (var files = Files.list(SELF.resolve("fd"))) {
            return Optional.of(files.count());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** In bytes, with what is garbage already. */
    static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A number of {@code /proc/self/status}: proc_pid_status(5). */
    private static Optional<Long> status(String key) {
        try (var lines = Files.lines(SELF.resolve("status"))) {
            return lines.filter(line -> line.startsWith(key + ":"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst();
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }
}
