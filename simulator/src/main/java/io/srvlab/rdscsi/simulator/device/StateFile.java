package io.srvlab.rdscsi.simulator.device;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What outlives the process, beside the files themselves: replaced as a whole, so that a reader finds the old or the new one. */
final class StateFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Next ids to give, and the disks in the order in which they were made. */
    record State(long nextDisk, long nextFile, List<Disk> disks) {}

    private final Path file;

    StateFile(Path file) {
        this.file = file;
    }

    /** The last state written; null when there never was one. */
    @Nullable
    State read() throws IOException {
        return Files.exists(file) ? JSON.readValue(file.toFile(), State.class) : null;
    }

    /** Returns when the state is on disk. */
    void write(State state) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        try (var out = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(state));
            while (bytes.hasRemaining()) out.write(bytes);
            out.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
