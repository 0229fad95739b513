package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.console.Value;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowCopy;
import io.srvlab.rdscsi.simulator.personality.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /disk/copy src= dst= [src-offset= dst-offset= size=]}: bytes of a disk or a file into another, which is at least as
 * large. Its progress is a line {@code <bytes> / <total> (<percent>%)} each time, the last one when all is copied. In chunks:
 * who writes to the source meanwhile finds some of it copied and some not.
 */
record CopyCommand(Device device) implements Menu.Verb {
    private static final Set<String> ARGUMENTS = Set.of("src", "dst", "src-offset", "dst-offset", "size");
    private static final int CHUNK_BYTES = 4 << 20;
    private static final Duration SLICE = Duration.ofMillis(100);

    /** Something that bytes come from or go to. */
    private record End(String name, Path file, long bytes) {}

    @Override
    public boolean namesItem() {
        return false;
    }

    @Override
    public Set<Policy> toRun() {
        return Set.of(Policy.WRITE);
    }

    @Override
    public String run(Menu.@Nullable Item on, Map<String, Value> given) throws ConsoleError {
        throw new IllegalStateException("it takes its time");
    }

    @Override
    public void run(Menu.@Nullable Item on, Map<String, Value> given, Menu.Running running) throws ConsoleError {
        for (var name : given.keySet()) if (!ARGUMENTS.contains(name)) throw new ConsoleError("bad parameter " + name);
        var from = end("src", given);
        var to = end("dst", given);
        long fromAt = count("src-offset", given, 0);
        long toAt = count("dst-offset", given, 0);
        if (fromAt > from.bytes()) throw Refusal.invalid("src-offset");
        long total = count("size", given, from.bytes() - fromAt);
        if (total > from.bytes() - fromAt) throw Refusal.invalid("size");
        if (toAt > to.bytes() || total > to.bytes() - toAt) throw Refusal.of(Refusal.NO_ROOM_IN_DESTINATION);
        var slow = device.personalities().take(SlowCopy.class, new Site.Item("/disk/copy", to.name()));
        long most = slow.map(s -> Math.max(1, s.bytesPerSecond() / 10)).orElse((long) CHUNK_BYTES);
        for (long done = 0; done < total; ) {
            int chunk = (int) Math.min(Math.min(most, CHUNK_BYTES), total - done);
            copy(from.file(), fromAt + done, to.file(), toAt + done, chunk);
            done += chunk;
            running.print(
                    "%s / %s (%d%%)\n".formatted(Sizes.grouped(done), Sizes.grouped(total), percent(done, total)));
            if (done < total) running.pause(slow.isPresent() ? SLICE : Duration.ZERO);
        }
    }

    private static long percent(long done, long total) {
        return (long) (100.0 * done / total);
    }

    private void copy(Path from, long fromAt, Path to, long toAt, int length) throws ConsoleError {
        synchronized (device) {
            try {
                FileTree.copy(from, fromAt, to, toAt, length);
            } catch (NoSuchFileException e) {
                throw Refusal.of(Refusal.NO_SUCH_ITEM);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private End end(String argument, Map<String, Value> given) throws ConsoleError {
        if (!(given.get(argument) instanceof Value.Text(var text))) throw Refusal.missing(argument);
        synchronized (device) {
            var name = text.startsWith("/") ? text.substring(1) : fileOf(text);
            var file = name == null ? null : device.files().find(name);
            if (file == null || file.directory()) throw Refusal.of(Refusal.NO_SUCH_ITEM);
            return new End(text, device.files().onDisk(file.name()), file.bytes());
        }
    }

    private @Nullable String fileOf(String slot) {
        return device.disks().stream()
                .filter(disk -> disk.slot().equals(slot))
                .map(Disk::fileName)
                .findFirst()
                .orElse(null);
    }

    private static long count(String argument, Map<String, Value> given, long otherwise) throws ConsoleError {
        return switch (given.get(argument)) {
            case null -> otherwise;
            case Value.Num(long bytes) when bytes >= 0 -> bytes;
            case Value value -> Sizes.parse(argument, value);
        };
    }
}
