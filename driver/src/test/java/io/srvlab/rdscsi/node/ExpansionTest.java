package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.BLOCK;
import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.NodeExpandVolumeRequest;
import io.srvlab.rdscsi.volume.NodeProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NodeExpandVolume, without a capability in the request; ext4 is grown in the lab, where that is allowed. */
class ExpansionTest {
    private static final long MIB = 1 << 20;

    private NodeWorld world;
    private NodeWorld.Node node;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        node = world.node("a");
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private long expand(Path place, long mib) {
        var request = NodeExpandVolumeRequest.newBuilder()
                .setVolumeId("db-0")
                .setVolumePath(place.toString())
                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(mib * MIB))
                .build();
        return node.call(node.service::nodeExpandVolume, request).getCapacityBytes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xfs", "btrfs"})
    void aMountedFilesystemTakesUpWhatTheVolumeHasGrownBy(String fsType) throws IOException {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs." + fsType).isPresent(), "needs mkfs." + fsType);
        world.create("db-0", 400);
        var context = world.export("db-0", "100-aaaaaaaa");
        var capability = mount(fsType, SINGLE_NODE_WRITER);
        node.stage("db-0", capability, context);
        node.publish("db-0", "pod", capability, context);
        Files.writeString(node.target("db-0", "pod").resolve("file"), "kept");
        var before = Usage.of(node.staging("db-0")).bytesTotal();
        world.create("db-0", 700);
        for (var place : new Path[] {node.target("db-0", "pod"), node.staging("db-0")}) {
            assertThat(expand(place, 700)).isEqualTo(700 * MIB);
        }
        assertThat(Usage.of(node.staging("db-0")).bytesTotal() - before).isBetween(290 * MIB, 300 * MIB);
        assertThat(node.target("db-0", "pod").resolve("file")).hasContent("kept");
        assertThat(expand(node.staging("db-0"), 0)).as("nobody says how large").isEqualTo(700 * MIB);
    }

    @Test
    void aRawBlockVolumeShowsItsNewSize() throws IOException {
        world.create("db-0", 32);
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", BLOCK, context);
        node.publish("db-0", "pod", BLOCK, context);
        world.create("db-0", 48);
        assertThat(expand(node.target("db-0", "pod"), 48)).isEqualTo(48 * MIB);
        assertThat(world.attached("db-0").getFirst().device().size()).isEqualTo(48 * MIB);
    }

    @Test
    void whatTheApplianceHasNotMadeLargerIsNotCalledLarger() throws IOException {
        world.create("db-0", 32);
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", BLOCK, context);
        node.publish("db-0", "pod", BLOCK, context);
        node.patientFor(500);
        assertThat(problemOf(() -> expand(node.target("db-0", "pod"), 48)))
                .isInstanceOf(NodeProblem.NotGrown.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains(String.valueOf(32 * MIB), String.valueOf(48 * MIB));
    }

    @Test
    void aVolumeThatIsNotAtThePathIsNotFound() throws IOException {
        world.create("db-0", 32);
        node.stage("db-0", BLOCK, world.export("db-0", "100-aaaaaaaa"));
        assertThat(problemOf(() -> expand(node.target("db-0", "pod"), 48))).isInstanceOf(NodeProblem.NotThere.class);
        assertThat(problemOf(() -> expand(world.directory, 48))).isInstanceOf(NodeProblem.NotThere.class);
    }
}
