package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.filesystem.Mkfs;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.MkfsOptions;
import io.srvlab.rdscsi.volume.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a StorageClass, or the target, asks of mkfs. */
class MadeToMeasureTest {
    private NodeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("db-0", 400);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private void program(String name, String script) throws IOException {
        var programs = Files.createDirectories(world.directory.resolve("programs"));
        var file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Programs programs() {
        return new Programs(List.of(world.directory.resolve("programs"), Path.of("/usr/sbin"), Path.of("/usr/bin")));
    }

    private static String output(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, -I 512 -E stride=16, 'dumpe2fs -h', 'Inode size:	          512'",
        "ext4, -m 5, 'dumpe2fs -h', 'Reserved block count:     20480'",
        "xfs, -i size=1024, 'xfs_db -r -c version -c sb -c p', 'inodesize = 1024'",
        "btrfs, --checksum xxhash, 'btrfs inspect-internal dump-super', '(xxhash64)'"
    })
    void theFilesystemIsMadeAsTheStorageClassSays(String fsType, String options, String look, String shows)
            throws IOException {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs." + fsType).isPresent(), "needs mkfs." + fsType);
        var context = world.export("db-0", "100-aaaaaaaa");
        var node = world.node("a");
        node.stage("db-0", mount(fsType, SINGLE_NODE_WRITER), context, Map.of("mkfsOptions", options));
        node.unstage("db-0");
        var command = (look + " " + world.file("db-0")).split(" ", -1);
        assertThat(output(command)).contains(shows);
    }

    @Test
    void anOptionOnNoListIsRefusedBeforeAnythingIsAttached() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        assertThat(problemOf(() -> world.node("a")
                        .stage("db-0", NodeWorld.EXT4, context, Map.of("mkfsOptions", "-O ^has_journal"))))
                .isInstanceOf(Problem.Malformed.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("^has_journal");
        assertThat(world.attached("db-0")).isEmpty();
    }

    /** As where the kernel cuts a long Write Zeroes short and says that it was done. */
    @Test
    void theLogOfAnXfsIsZeroAlsoWhereTheDeviceOnlySaidSo() throws Exception {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs.xfs").isPresent(), "needs mkfs.xfs");
        program("mkfs.xfs", """
                for device; do :; done
                /usr/sbin/mkfs.xfs "$@" || exit 1
                start=$(xfs_db -r -c 'sb 0' -c 'p logstart' "$device" | cut -d' ' -f3)
                byte=$(xfs_db -r -c "convert fsblock $start byte" "$device" | tr -d '()' | cut -d' ' -f2)
                echo $byte >%s/log
                head -c 3000000 /dev/urandom | dd of="$device" bs=4096 seek=$((byte / 4096 + 8192)) conv=notrunc,fsync 2>&1
                """.formatted(world.directory));
        var device = LoopDevices.attach(world.file("db-0"), false, "made by a test");
        try {
            var mkfs =
                    new Mkfs(programs(), programs().find("mkfs.xfs").orElseThrow(), FsType.XFS, MkfsOptions.NONE, true);
            assertThat(mkfs.run(device, "db-0", false, Duration.ofSeconds(60)).ok())
                    .isTrue();
            var log = Long.parseLong(
                    Files.readString(world.directory.resolve("log")).strip());
            assertThat(bytes(log + (32 << 20))).isNotEqualTo(new byte[3_000_000]);
            mkfs.complete(device);
            assertThat(bytes(log + (32 << 20))).isEqualTo(new byte[3_000_000]);
            assertThat(output("xfs_repair", "-n", device.path().toString())).contains("No modify flag set");
        } finally {
            LoopDevices.clear(device);
        }
    }

    private byte[] bytes(long offset) throws IOException {
        try (var file = new RandomAccessFile(world.file("db-0").toFile(), "r")) {
            var bytes = new byte[3_000_000];
            file.seek(offset);
            file.readFully(bytes);
            return bytes;
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, ''"})
    void anExt4IsZeroedByWritesWhereTheDeviceIsNotBelieved(boolean zeroesCut, String word) throws Exception {
        program("mkfs.ext4", "echo \"[$UNIX_IO_NOZEROOUT]\"");
        var device = LoopDevices.attach(world.file("db-0"), false, "made by a test");
        try {
            var mkfs = new Mkfs(
                    programs(), programs().find("mkfs.ext4").orElseThrow(), FsType.EXT4, MkfsOptions.NONE, zeroesCut);
            assertThat(mkfs.run(device, "db-0", false, Duration.ofSeconds(60)).output())
                    .isEqualTo("exit 0: [" + word + "]");
        } finally {
            LoopDevices.clear(device);
        }
    }
}
