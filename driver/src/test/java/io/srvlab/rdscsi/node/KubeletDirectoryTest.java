package io.srvlab.rdscsi.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void aDirectoryThatIsNotThereIsNamed() throws Exception {
        var missing = directory.resolve("kubelet");
        assertThat(KubeletDirectory.complaint(missing))
                .hasValueSatisfying(words -> assertThat(words).contains(missing.toString()));
    }

    @Test
    void aMountThatPodsWouldNotSeeIsToldWithWhatToDo() throws Exception {
        var uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assumeTrue(Integer.valueOf(0).equals(uid), "needs root: mounts a tmpfs");
        var kubelet = Files.createDirectory(directory.resolve("kubelet"));
        run("mount", "-t", "tmpfs", "tmpfs", kubelet.toString());
        try {
            run("mount", "--make-private", kubelet.toString());
            assertThat(KubeletDirectory.complaint(kubelet))
                    .hasValueSatisfying(words -> assertThat(words).contains("Bidirectional"));
            run("mount", "--make-shared", kubelet.toString());
            assertThat(KubeletDirectory.complaint(kubelet)).isEmpty();
        } finally {
            run("umount", kubelet.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(List.of(command).toString())
                .isZero();
    }
}
