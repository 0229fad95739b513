package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.srvlab.rdscsi.node.filesystem.ContentReader;
import io.srvlab.rdscsi.node.filesystem.DeviceContent;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A volume that was restored or cloned: it holds something, by its volume_context. */
class CopiedVolumeTest {
    private static final Map<String, String> COPIED = Map.of("contentSource", "snapshot db-0@monday");

    private NodeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("db-0", 400);
        world.create("copy", 400);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    @Test
    void aCopyThatLooksEmptyIsAnAlarmAndIsNotFormatted() throws IOException {
        var context = world.export("copy", "100-aaaaaaaa");
        assertThat(problemOf(() -> world.node("a").stage("copy", EXT4, context, COPIED)))
                .isInstanceOf(NodeProblem.ContentMissing.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("ALARM", "snapshot db-0@monday", "copy");
        assertThat(world.attached("copy")).isEmpty();
        var node = world.node("a");
        node.stage("copy", NodeWorld.BLOCK, context);
        assertThat(ContentReader.read(world.attached("copy").getFirst().device()))
                .isEqualTo(new DeviceContent.Blank());
    }

    /** The original was in use when it was copied, so the copy's journal has to be replayed first. */
    @Test
    void theCopyOfAnXfsInUseIsMountedBesideItWithAUuidOfItsOwn() throws Exception {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs.xfs").isPresent(), "needs mkfs.xfs");
        var xfs = mount("xfs", SINGLE_NODE_WRITER);
        var node = world.node("a");
        node.stage("db-0", xfs, world.export("db-0", "100-aaaaaaaa"));
        Files.writeString(node.staging("db-0").resolve("file"), "copied");
        assertThat(new ProcessBuilder("sync", "-f", node.staging("db-0").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.writeString(node.staging("db-0").resolve("in the journal"), "");
        assertThat(new ProcessBuilder("sync").start().waitFor()).isZero();
        assertThat(new ProcessBuilder(
                                "cp",
                                world.file("db-0").toString(),
                                world.file("copy").toString())
                        .start()
                        .waitFor())
                .isZero();
        var context = world.export("copy", "100-aaaaaaaa");
        for (var i = 0; i < 2; i++) node.stage("copy", xfs, context, COPIED);
        assertThat(node.staging("copy").resolve("file")).hasContent("copied");
        assertThat(uuid("copy")).isNotEqualTo(uuid("db-0"));
        var renewed = uuid("copy");
        Files.writeString(node.staging("copy").resolve("file"), "the copy's");
        node.unstage("copy");
        node.stage("copy", xfs, context, COPIED);
        assertThat(node.staging("copy").resolve("file")).hasContent("the copy's");
        assertThat(uuid("copy")).isEqualTo(renewed);
        assertThat(node.staging("db-0").resolve("file")).hasContent("copied");
    }

    private UUID uuid(String slot) throws IOException {
        return ContentReader.read(world.attached(slot).getFirst().device())
                        instanceof DeviceContent.Filesystem(var _, var _, var uuid, var _)
                ? uuid
                : new UUID(0, 0);
    }
}
