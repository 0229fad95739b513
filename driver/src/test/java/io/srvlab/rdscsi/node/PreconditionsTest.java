package io.srvlab.rdscsi.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.node.linux.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine lacks is said when the plugin starts, with the line that mends it. Over a made-up machine. */
class PreconditionsTest {
    private static final List<String> PROGRAMS =
            List.of("mkfs.ext4", "e2fsck", "mkfs.xfs", "xfs_repair", "mkfs.btrfs", "btrfs");

    @TempDir
    private Path root;

    private Path dev;
    private Path sys;
    private Path bin;

    @BeforeEach
    void aMachineThatHasEverything() throws IOException {
        dev = Files.createDirectories(root.resolve("dev"));
        sys = Files.createDirectories(root.resolve("sys"));
        bin = Files.createDirectories(root.resolve("bin"));
        Files.createFile(dev.resolve("nvme-fabrics"));
        Files.createDirectories(sys.resolve("module/nvme_tcp"));
        for (var program : PROGRAMS) {
            assertThat(Files.createFile(bin.resolve(program)).toFile().setExecutable(true))
                    .isTrue();
        }
    }

    /** Less what this machine's mounts have to do with it, which KubeletDirectoryTest is about. */
    private List<String> complaints(boolean nvme) throws IOException {
        var kubelet = Files.createDirectories(root.resolve("kubelet"));
        return new Preconditions(dev, sys, new Programs(List.of(bin)))
                .complaints(nvme, kubelet).stream()
                        .filter(complaint -> !complaint.contains("shared mount"))
                        .toList();
    }

    @Test
    void aMachineThatHasEverythingHearsNothing() throws IOException {
        assertThat(complaints(true)).isEmpty();
    }

    @Test
    void withoutTheModuleTheLinesThatLoadItNowAndAfterARebootAreSaid() throws IOException {
        Files.delete(dev.resolve("nvme-fabrics"));
        assertThat(complaints(true))
                .singleElement()
                .asString()
                .contains("modprobe nvme-tcp", "/etc/modules-load.d/nvme-tcp.conf");
        assertThat(complaints(false)).as("over loop devices").isEmpty();
    }

    @Test
    void fabricsWithoutTheTcpModuleIsSaidToo() throws IOException {
        Files.delete(sys.resolve("module/nvme_tcp"));
        assertThat(complaints(true)).singleElement().asString().contains("modprobe nvme-tcp");
    }

    @Test
    void eachFilesystemWithoutItsToolsIsNamedWithThePackageThatHasThem() throws IOException {
        Files.delete(bin.resolve("mkfs.xfs"));
        Files.delete(bin.resolve("btrfs"));
        assertThat(complaints(true))
                .satisfiesExactly(
                        xfs -> assertThat(xfs)
                                .startsWith("mkfs.xfs: not installed")
                                .contains("xfsprogs"),
                        btrfs -> assertThat(btrfs)
                                .startsWith("btrfs: not installed")
                                .contains("btrfs-progs"));
    }

    @Test
    void aKubeletDirectoryElsewhereIsAskedFor() throws IOException {
        assertThat(new Preconditions(dev, sys, new Programs(List.of(bin))).complaints(true, root.resolve("none")))
                .singleElement()
                .asString()
                .contains(root.resolve("none").toString(), "--kubelet-dir");
    }
}
