package io.srvlab.rdscsi.nvme.subsystem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may begin, and when the file is let go. */
class SubsystemTest {
    private final Traffic traffic = new Traffic();
    private Gate backing;
    private Subsystem subsystem;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        backing = new Gate(new FileBacking(Files.createFile(directory.resolve("disk.img"))));
        subsystem = new Subsystem(new Export("nqn.a", Set.of(), UUID.randomUUID(), backing, traffic));
    }

    /** Also one that had come before the cut and was waiting for its data or its turn. */
    @Test
    void afterTheCutNoCommandBegins() throws IOException {
        assertThat(subsystem.begin()).isTrue();
        subsystem.end();
        subsystem.cut();
        assertThat(subsystem.begin()).isFalse();
        assertThat(traffic.inFlight()).isZero();
    }

    @Test
    void theFileIsLetGoWhenTheLastCommandHasEnded() throws IOException {
        assertThat(subsystem.begin()).isTrue();
        assertThat(subsystem.begin()).isTrue();
        subsystem.cut();
        subsystem.end();
        assertThat(traffic.inFlight()).isOne();
        assertThat(backing.isClosed()).isFalse();
        subsystem.end();
        assertThat(traffic.inFlight()).isZero();
        assertThat(backing.isClosed()).isTrue();
    }
}
