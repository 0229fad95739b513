package io.srvlab.rdscsi.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * What kubelet and a pod do with one volume, step by step: it comes, is written, goes, comes back and is read. Every step
 * may be made again. As a program it is a plugin of its own, which says after each step that it is done.
 */
record VolumeLife(NodeWorld world, NodeWorld.Node node, VolumeCapability capability) {
    static final String SLOT = "db-0";

    private static final String CLAIM = "100-aaaaaaaa";
    private static final String POD = "pod-1";
    private static final byte[] BYTES = "what the pod wrote".getBytes(StandardCharsets.US_ASCII);

    enum Step {
        STAGE,
        PUBLISH,
        WRITE,
        UNPUBLISH,
        UNSTAGE,
        STAGE_AGAIN,
        PUBLISH_AGAIN,
        READ,
        UNPUBLISH_AGAIN,
        UNSTAGE_AGAIN
    }

    /** Takes all steps up to the last, which args name after the world's directory and {@code block} or {@code mount}. */
    public static void main(String[] args) throws IOException {
        var world = new NodeWorld(Path.of(args[0]));
        var life = of(world, args[1].equals("block") ? NodeWorld.BLOCK : NodeWorld.EXT4);
        for (var step : EnumSet.range(Step.STAGE, Step.valueOf(args[2]))) {
            life.take(step);
            System.out.println(step);
        }
        System.exit(0);
    }

    /** What {@link #main} is called as, for this life. */
    String program(Step last) {
        return String.join(
                " ",
                VolumeLife.class.getName(),
                world.directory.toString(),
                capability.hasBlock() ? "block" : "mount",
                last.toString());
    }

    /** Led by a plugin of its own, whose mkfs notes each time that it came to its end. */
    static VolumeLife of(NodeWorld world, VolumeCapability capability) {
        var programs =
                new Programs(List.of(world.directory.resolve("programs"), Path.of("/usr/sbin"), Path.of("/usr/bin")));
        return new VolumeLife(world, world.node("a", programs), capability);
    }

    void take(Step step) throws IOException {
        switch (step) {
            case STAGE, STAGE_AGAIN -> node.stage(SLOT, capability, context());
            case PUBLISH, PUBLISH_AGAIN -> node.publish(SLOT, POD, capability, context());
            case WRITE -> write();
            case READ -> read();
            case UNPUBLISH, UNPUBLISH_AGAIN -> node.unpublish(SLOT, POD);
            case UNSTAGE, UNSTAGE_AGAIN -> node.unstage(SLOT);
        }
    }

    private static Map<String, String> context() {
        return NodeWorld.context(SLOT, CLAIM);
    }

    /** The appliance's part, and the directories that kubelet has long made. */
    void prepare() throws IOException {
        world.create(SLOT, 64);
        var _ = world.export(SLOT, CLAIM);
        Files.createDirectories(node.staging(SLOT).getParent());
        Files.createDirectories(node.target(SLOT, POD).getParent());
        Files.createDirectories(records());
    }

    private Path records() {
        return world.directory.resolve("a-staged");
    }

    private Path place() {
        return capability.hasBlock()
                ? node.target(SLOT, POD)
                : node.target(SLOT, POD).resolve("file");
    }

    private void write() throws IOException {
        try (var open = FileChannel.open(place(), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            open.write(ByteBuffer.wrap(BYTES), 0);
            open.force(true);
        }
    }

    private void read() throws IOException {
        try (var in = Files.newInputStream(place())) {
            assertThat(Arrays.equals(in.readNBytes(BYTES.length), BYTES)).isTrue();
        }
    }

    /** No mount, no device, no node, no record: as before the first step. */
    void nothingIsLeft() throws IOException {
        assertThat(world.attached(SLOT)).isEmpty();
        assertThat(NodeWorld.mountsAt(node.staging(SLOT))).isZero();
        assertThat(node.target(SLOT, POD)).doesNotExist();
        assertThat(records()).isEmptyDirectory();
        if (Files.exists(node.staging(SLOT))) assertThat(node.staging(SLOT)).isEmptyDirectory();
    }
}
