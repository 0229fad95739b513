package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.BLOCK;
import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
    private static final String LEGACY = "pvc-6ba7b810-9dad-11d1-80b4-00c04fd430c8";

    private static NodeStageVolumeRequest.Builder stage() {
        return NodeStageVolumeRequest.newBuilder()
                .setVolumeId("db-0")
                .setStagingTargetPath("/stage")
                .setVolumeCapability(EXT4)
                .putAllPublishContext(NodeWorld.context("db-0", "100-aaaaaaaa"));
    }

    private static NodePublishVolumeRequest.Builder publish() {
        return NodePublishVolumeRequest.newBuilder()
                .setVolumeId("db-0")
                .setStagingTargetPath("/stage")
                .setTargetPath("/target")
                .setVolumeCapability(EXT4)
                .putAllPublishContext(NodeWorld.context("db-0", "100-aaaaaaaa"));
    }

    private static String fieldAtFault(NodeStageVolumeRequest.Builder request) {
        return ((Problem.Malformed) problemOf(() -> Requests.Stage.parse(request.build()))).field();
    }

    @Test
    void whatIsRequiredIsNamedWhenItIsMissing() {
        assertThat(fieldAtFault(stage().clearVolumeId())).isEqualTo("volume_id");
        assertThat(fieldAtFault(stage().clearStagingTargetPath())).isEqualTo("staging_target_path");
        assertThat(fieldAtFault(stage().clearVolumeCapability())).isEqualTo("volume_capability");
        assertThat(fieldAtFault(stage().setVolumeCapability(VolumeCapability.getDefaultInstance())))
                .isEqualTo("volume_capability");
        assertThat(fieldAtFault(stage().clearPublishContext())).isEqualTo("publish_context");
        assertThat(problemOf(
                        () -> Requests.Publish.parse(publish().clearTargetPath().build())))
                .isEqualTo(new Problem.Malformed("target_path", "it is required"));
        assertThat(problemOf(() -> Requests.Unpublish.parse(NodeUnpublishVolumeRequest.newBuilder()
                        .setVolumeId("db-0")
                        .build())))
                .isEqualTo(new Problem.Malformed("target_path", "it is required"));
    }

    @Test
    void anIdThatNoVolumeCanHaveIsNotFound() {
        assertThat(problemOf(
                        () -> Requests.Stage.parse(stage().setVolumeId("../etc").build())))
                .isEqualTo(new Problem.NoSuchVolume("../etc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "/", "/a/../b", "/a/./b", "/a\u0000b", "/a\nb"})
    void onlyPlainAbsolutePathsPass(String path) {
        assertThat(fieldAtFault(stage().setStagingTargetPath(path))).isEqualTo("staging_target_path");
    }

    @Test
    void anIdThatNoVolumeCanHaveIsNotFoundWhateverItsPath() {
        assertThat(problemOf(() -> Requests.Unpublish.parse(NodeUnpublishVolumeRequest.newBuilder()
                        .setVolumeId("../etc")
                        .setTargetPath("relative")
                        .build())))
                .isEqualTo(new Problem.NoSuchVolume("../etc"));
    }

    @ParameterizedTest
    @CsvSource({
        "claim, 101-bbbbbbbb",
        "host_id, 11111111-9dad-11d1-80b4-00c04fd430c8",
        "host_id, no-uuid",
        "nvme_nqn, nqn.2014-08.org.nvmexpress:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "nvme_port, 0",
        "'nvme_address', 'a,hostnqn=b'"
    })
    void aContextThatContradictsItselfIsRefused(String key, String value) {
        assertThat(fieldAtFault(stage().putPublishContext(key, value))).isEqualTo("publish_context");
    }

    @ParameterizedTest
    @CsvSource({
        "ctrlLossTmo, -2",
        "ctrlLossTmo, 86401",
        "reconnectDelay, 0",
        "keepAliveTmo, x",
        "ioQueues, 0",
        "ioQueues, 129"
    })
    void aSessionsOptionOutOfItsBoundsIsRefused(String key, String value) {
        assertThat(fieldAtFault(stage().putVolumeContext(key, value))).isEqualTo("publish_context");
    }

    @Test
    void aReconnectDelayBeyondTheControllersLossIsRefused() {
        assertThat(fieldAtFault(stage().putVolumeContext("ctrlLossTmo", "5").putVolumeContext("reconnectDelay", "10")))
                .isEqualTo("publish_context");
    }

    @Test
    void theNumberOfQueuesComesFromTheStorageClass() {
        assertThat(Requests.Stage.parse(
                                stage().putVolumeContext("ioQueues", "2").build())
                        .door()
                        .session()
                        .queues())
                .hasValue(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"UNKNOWN", "MULTI_NODE_SINGLE_WRITER", "MULTI_NODE_MULTI_WRITER"})
    void aFilesystemIsNotOfferedToTwoWriters(Mode mode) {
        assertThat(fieldAtFault(stage().setVolumeCapability(NodeWorld.mount("ext4", mode))))
                .isEqualTo("volume_capability");
    }

    @Test
    void aRawBlockVolumeIs() {
        var shared = BLOCK.toBuilder()
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(Mode.MULTI_NODE_MULTI_WRITER));
        assertThat(Requests.Stage.parse(stage().setVolumeCapability(shared).build())
                        .access())
                .isEqualTo(new Access.Block(false, false));
    }

    @ParameterizedTest
    @CsvSource({"zfs,''", "ext4,remount", "ext4,errors=panic"})
    void whatIsNotOfferedIsRefused(String fsType, String flag) {
        assertThat(fieldAtFault(stage().setVolumeCapability(NodeWorld.mount(fsType, Mode.SINGLE_NODE_WRITER, flag))))
                .isEqualTo("volume_capability");
    }

    @Test
    void aDoorUnderAnotherVolumesNameIsRefused() {
        assertThat(fieldAtFault(
                        stage().clearPublishContext().putAllPublishContext(NodeWorld.context("db-1", "100-aaaaaaaa"))))
                .isEqualTo("publish_context");
    }

    @Test
    void theOlderDriversVolumesAreReadFromTheirVolumeContext() {
        var request = stage().clearPublishContext()
                .setVolumeId(LEGACY)
                .putAllVolumeContext(Map.of(
                        "nqn", "nqn.2000-02.com.mikrotik:" + LEGACY,
                        "nvmeAddress", "192.0.2.1",
                        "nvmePort", "4421",
                        "ctrlLossTmo", "-1",
                        "reconnectDelay", "5",
                        "keepAliveTmo", "0"));
        var door = Requests.Stage.parse(request.build()).door();
        assertThat(door).isInstanceOf(Door.Legacy.class);
        assertThat(door.port()).isEqualTo(4421);
        assertThat(door.session())
                .isEqualTo(new Door.Session(
                        OptionalInt.of(-1), OptionalInt.of(5), OptionalInt.empty(), OptionalInt.empty()));
        request.setVolumeId(LEGACY).putVolumeContext("nqn", "nqn.2000-02.com.mikrotik:other");
        assertThat(fieldAtFault(request)).isEqualTo("publish_context");
    }

    @Test
    void thePublishContextWinsOverTheVolumeContext() {
        var request = stage().putVolumeContext("nqn", "nqn.2000-02.com.mikrotik:db-0")
                .putVolumeContext("nvmeAddress", "192.0.2.1");
        assertThat(Requests.Stage.parse(request.build()).door()).isInstanceOf(Door.Claimed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "db-0, db-0.100-abc, true",
        "db-0, db-0, false", // no claim, and no slot of the older driver
        "db-0, db-0., false",
        "db-0, db-0.100, false",
        "db, db-0.100-abc, false",
        "a, a.b.100-abc, false", // volume a.b
        "a.b, a.b.100-abc, true",
        "a, a.5-x.7-y, false", // volume a.5-x
        LEGACY + ", " + LEGACY + ", true",
        LEGACY + ", " + LEGACY + ".100-abc, true",
    })
    void onlyAVolumesOwnNamesAreItsOwn(String slot, String name, boolean own) {
        assertThat(Door.Names.of(new VolumeId(slot), "nqn.2000-02.com.mikrotik:" + name))
                .isEqualTo(own);
        assertThat(Door.Names.of(new VolumeId(slot), "nqn.2014-08.org.nvmexpress:" + name))
                .isFalse();
    }
}
