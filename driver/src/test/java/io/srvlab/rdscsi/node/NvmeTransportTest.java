package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.DeviceNumber;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.nvme.subsystem.NvmeTarget;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The NVMe transport against a made-up sysfs. A controller's {@code delete_controller} is a pipe, at whose other end this
 * test stands in for the kernel and takes the controller away.
 */
class NvmeTransportTest {
    private static final NodeName NODE = new NodeName("a");
    private static final VolumeId VOLUME = new VolumeId("db-0");
    private static final String PREFIX = "nqn.2000-02.com.mikrotik:";
    private static final String LEGACY = "pvc-6ba7b810-9dad-11d1-80b4-00c04fd430c8";

    @TempDir
    private Path root;

    private Path sys;
    private Path dev;
    private NvmeTransport transport;
    private NvmeTarget target;

    @BeforeEach
    void make() throws IOException {
        sys = Files.createDirectories(root.resolve("sys"));
        dev = Files.createDirectories(root.resolve("dev"));
        transport = new NvmeTransport(NODE, sys, dev);
        target = NvmeTarget.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        target.start();
    }

    @AfterEach
    void end() throws IOException {
        target.close();
    }

    private Path controller(String name, String nqn, String state) throws IOException {
        var directory = Files.createDirectories(sys.resolve("class/nvme").resolve(name));
        Files.writeString(directory.resolve("subsysnqn"), PREFIX + nqn + "\n");
        Files.writeString(directory.resolve("state"), state + "\n");
        Files.createFile(directory.resolve("delete_controller"));
        return directory;
    }

    private void disk(String subsystem, String nqn, String name, String number) throws IOException {
        var directory =
                Files.createDirectories(sys.resolve("class/nvme-subsystem").resolve(subsystem));
        Files.writeString(directory.resolve("subsysnqn"), PREFIX + nqn + "\n");
        Files.writeString(Files.createDirectories(directory.resolve(name)).resolve("dev"), number + "\n");
    }

    /** Replaces the file by a pipe, and takes {@code gone} away when something is written to it. */
    private void obey(Path controller, Path... gone) throws Exception {
        var pipe = controller.resolve("delete_controller");
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                assertThat(Files.readString(pipe)).isEqualTo("1");
                for (var directory : gone) remove(directory);
                remove(controller);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** In one step, so that nobody sees half a directory. */
    private void remove(Path directory) throws IOException {
        Files.move(directory, Files.createTempDirectory(root, "gone").resolve("it"));
    }

    private static Operation operation(VolumeId volume, long millis) {
        return new Operation(NODE, volume, Deadline.after(millis, TimeUnit.MILLISECONDS));
    }

    private Door door(String claim) {
        return door(claim, target.address().getPort());
    }

    private static Door door(String claim, int port) {
        var context = new HashMap<>(NodeWorld.context("db-0", claim));
        context.put("nvme_port", Integer.toString(port));
        return Door.parse(VOLUME, context, Map.of());
    }

    @Test
    void theDeviceIsTheOneThatCarriesTheNameNow() throws IOException {
        disk("nvme-subsys0", "db-1.100-aaaaaaaa", "nvme0n1", "259:0");
        disk("nvme-subsys1", "db-0.100-aaaaaaaa", "nvme7n1", "259:3");
        assertThat(transport.find(VOLUME, door("100-aaaaaaaa")))
                .contains(new BlockDevice(dev.resolve("nvme7n1"), new DeviceNumber(259, 3)));
        assertThat(transport.find(VOLUME, door("101-bbbbbbbb"))).isEmpty();
        remove(sys.resolve("class/nvme-subsystem/nvme-subsys1"));
        disk("nvme-subsys1", "db-0.100-aaaaaaaa", "nvme0n1", "259:0");
        assertThat(transport.find(VOLUME, door("100-aaaaaaaa")).orElseThrow().number())
                .as("renumbered")
                .isEqualTo(new DeviceNumber(259, 0));
    }

    @Test
    void oneNameWithTwoDisksIsNoAnswer() throws IOException {
        disk("nvme-subsys0", "db-0.100-aaaaaaaa", "nvme0n1", "259:0");
        disk("nvme-subsys0", "db-0.100-aaaaaaaa", "nvme0n2", "259:1");
        assertThat(problemOf(() -> transport.find(VOLUME, door("100-aaaaaaaa"))))
                .isInstanceOf(NodeProblem.Ambiguous.class);
    }

    @Test
    void detachEndsEverySessionOfTheVolumeAndTouchesNoOther() throws Exception {
        disk("nvme-subsys0", "db-0.100-aaaaaaaa", "nvme0n1", "259:0");
        var first = controller("nvme0", "db-0.100-aaaaaaaa", "live");
        var second = controller("nvme1", "db-0.100-aaaaaaaa", "connecting");
        var older = controller("nvme2", "db-0.99-zzzzzzzz", "connecting");
        var dotted = controller("nvme3", "db-0.x.100-aaaaaaaa", "live");
        var other = controller("nvme4", "db-00.100-aaaaaaaa", "live");
        obey(first, sys.resolve("class/nvme-subsystem/nvme-subsys0"));
        obey(second);
        obey(older);
        transport.detach(operation(VOLUME, 10_000));
        assertThat(sys.resolve("class/nvme").toFile().list()).containsExactlyInAnyOrder("nvme3", "nvme4");
        for (var foreign : new Path[] {dotted, other}) {
            assertThat(foreign.resolve("delete_controller")).isEmptyFile();
        }
    }

    @Test
    void theOlderDriversSessionGoesByItsOwnName() throws Exception {
        var session = controller("nvme0", LEGACY, "live");
        obey(session);
        transport.detach(operation(new VolumeId(LEGACY), 10_000));
        assertThat(session).doesNotExist();
    }

    @Test
    void aSessionThatTheKernelKeepsIsNotCalledDetached() throws IOException {
        controller("nvme0", "db-0.100-aaaaaaaa", "live");
        assertThat(problemOf(() -> transport.detach(operation(VOLUME, 300))))
                .isInstanceOf(NodeProblem.StillAttached.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("nvme0", "db-0.100-aaaaaaaa");
    }

    @Test
    void aSessionWithoutAnyDiskLeftOfAnOlderClaimGoesBeforeTheNewOneIsMade() throws Exception {
        obey(controller("nvme0", "db-0.99-zzzzzzzz", "connecting"));
        Files.createFile(dev.resolve("nvme-fabrics"));
        assertThat(problemOf(() -> transport.attach(door("100-aaaaaaaa"), false, operation(VOLUME, 2_000))))
                .as("nothing answers in this tree")
                .isInstanceOf(NodeProblem.NoDoor.class);
        assertThat(sys.resolve("class/nvme/nvme0")).doesNotExist();
        assertThat(dev.resolve("nvme-fabrics"))
                .content()
                .contains("nqn=" + PREFIX + "db-0.100-aaaaaaaa,", "hostid=6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    }

    @Test
    void anOlderClaimThatWillNotGoStopsTheNewOne() throws IOException {
        controller("nvme0", "db-0.99-zzzzzzzz", "live");
        Files.createFile(dev.resolve("nvme-fabrics"));
        assertThat(problemOf(() -> transport.attach(door("100-aaaaaaaa"), false, operation(VOLUME, 300))))
                .isInstanceOf(NodeProblem.OlderAttachment.class);
        assertThat(dev.resolve("nvme-fabrics")).isEmptyFile();
    }

    @Test
    void whatTheKernelAnsweredIsInTheProblem() {
        assertThat(problemOf(() -> transport.attach(door("100-aaaaaaaa"), false, operation(VOLUME, 200))))
                .isInstanceOf(NodeProblem.NoDoor.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("127.0.0.1:" + target.address().getPort(), "nvme-tcp");
    }

    @Test
    void aTargetThatTakesConnectionsAndSaysNothingIsNotGivenToTheKernel() throws IOException {
        Files.createFile(dev.resolve("nvme-fabrics"));
        try (var silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            var door = door("100-aaaaaaaa", silent.getLocalPort());
            assertThat(problemOf(() -> transport.attach(door, false, operation(VOLUME, 500))))
                    .isInstanceOf(NodeProblem.NoDoor.class)
                    .extracting(problem -> problem.sentence())
                    .asString()
                    .contains("nobody speaks NVMe/TCP");
        }
        assertThat(dev.resolve("nvme-fabrics")).isEmptyFile();
    }

    @Test
    void aConnectThatOutlastsTheDeadlineSaysWhatTheOneBeforeCameTo() {
        var operation = operation(VOLUME, 200);
        assertThat(problemOf(() -> transport.attach(door("100-aaaaaaaa"), false, operation)))
                .isInstanceOf(NodeProblem.NoDoor.class);
        assertThat(operation.step()).contains("db-0.100-aaaaaaaa", "nvme-tcp");
    }

    @Test
    void aLiveSessionIsUsedAndNotMadeASecondTime() throws IOException {
        try (var world = new NodeWorld()) {
            world.create("db-0", 1);
            var loop = LoopDevices.attach(world.file("db-0"), false, "stands in for a disk");
            Mounting.makeNode(dev.resolve("nvme7n1"), loop.number(), false);
            disk("nvme-subsys1", "db-0.100-aaaaaaaa", "nvme7n1", loop.number().toString());
            controller("nvme3", "db-0.100-aaaaaaaa", "live");
            Files.createFile(dev.resolve("nvme-fabrics"));
            assertThat(transport.attach(door("100-aaaaaaaa"), false, operation(VOLUME, 10_000)))
                    .isEqualTo(new Transport.Attachment(new BlockDevice(dev.resolve("nvme7n1"), loop.number()), false));
            assertThat(dev.resolve("nvme-fabrics")).isEmptyFile();
        }
    }

    private static final String UNWANTED = "db-9.1795000000-abcdefgh";

    private SessionUpkeep upkeep() {
        return new SessionUpkeep(transport, new StagedVolumes(root.resolve("staged")), new Operations(NODE, 4));
    }

    private void staged(String slot, String claim, OptionalInt loss) throws IOException {
        new StagedVolumes(root.resolve("staged"))
                .add(new StagedVolumes.Staged(
                        new VolumeId(slot), new Nqn(PREFIX + slot + "." + claim), Path.of("/staging"), loss));
    }

    @Test
    void aSessionThatNobodyStagedAndNobodyUsesIsEndedAtTheStart() throws Exception {
        var unwanted = controller("nvme0", UNWANTED, "live");
        var wanted = controller("nvme1", "db-1.1795000000-abcdefgh", "live");
        var byHand = controller("nvme2", "disk1", "live");
        var bootDisk = controller("nvme3", "root.2024-a", "live");
        var olderDrivers = controller("nvme4", LEGACY, "live");
        staged("db-1", "1795000000-abcdefgh", OptionalInt.empty());
        obey(unwanted);
        upkeep().scrub(() -> {});
        assertThat(unwanted).doesNotExist();
        for (var kept : new Path[] {wanted, byHand, bootDisk, olderDrivers}) {
            assertThat(kept.resolve("delete_controller")).isEmptyFile();
        }
    }

    @Test
    void aSessionThatIsWantedByTheSecondLookIsNotEnded() throws Exception {
        var late = controller("nvme0", UNWANTED, "live");
        upkeep().scrub(meanwhile(() -> staged("db-9", "1795000000-abcdefgh", OptionalInt.empty())));
        assertThat(late.resolve("delete_controller")).isEmptyFile();
    }

    @Test
    void aSessionThatComesBetweenTheTwoLooksIsNotEnded() throws Exception {
        var unwanted = controller("nvme0", UNWANTED, "live");
        obey(unwanted);
        upkeep().scrub(meanwhile(() -> controller("nvme1", "db-9.1795000001-bcdefghi", "live")));
        assertThat(unwanted).doesNotExist();
        assertThat(sys.resolve("class/nvme/nvme1/delete_controller")).isEmptyFile();
    }

    private interface Event {
        void happen() throws IOException;
    }

    private static SessionUpkeep.Pause meanwhile(Event event) {
        return () -> {
            try {
                event.happen();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
    }

    /** A connect may outlast its call: what comes of it later belongs to a volume that is meant to be here. */
    @Test
    void aVolumeIsOnRecordAlsoIfItsStageCameToNoSession() throws IOException {
        var staging = new Staging(
                transport,
                new Places(Optional.empty()),
                new Formatting(Programs.OF_THE_SYSTEM),
                new StagedVolumes(root.resolve("staged")));
        var request = Requests.Stage.parse(NodeStageVolumeRequest.newBuilder()
                .setVolumeId("db-0")
                .setStagingTargetPath(root.resolve("staging").toString())
                .setVolumeCapability(NodeWorld.BLOCK)
                .putAllPublishContext(NodeWorld.context("db-0", "100-aaaaaaaa"))
                .build());
        assertThat(problemOf(() -> staging.stage(request, operation(VOLUME, 200))))
                .isInstanceOf(NodeProblem.NoDoor.class);
        assertThat(new StagedVolumes(root.resolve("staged")).find(VOLUME)).isPresent();
    }

    @Test
    void aSessionWhoseDiskIsInUseIsNotEnded() throws Exception {
        try (var world = new NodeWorld()) {
            world.create("db-9", 16);
            var loop = LoopDevices.attach(world.file("db-9"), false, "stands in for a disk");
            Mounting.makeNode(dev.resolve("nvme7n1"), loop.number(), false);
            disk("nvme-subsys1", UNWANTED, "nvme7n1", loop.number().toString());
            var used = controller("nvme3", UNWANTED, "live");
            try (var _ = loop.open(BlockDevice.Mode.EXCLUSIVE)) {
                upkeep().scrub(() -> {});
            }
            assertThat(used.resolve("delete_controller")).isEmptyFile();
        }
    }

    @Test
    void onTheWayDownSessionsWaitBrieflyAndGetTheirPatienceBackAtTheNextStart() throws IOException {
        var plain = controller("nvme0", "db-1.1795000000-abcdefgh", "live").resolve("ctrl_loss_tmo");
        var endless = controller("nvme1", "db-2.1795000000-abcdefgh", "live").resolve("ctrl_loss_tmo");
        var hasty = controller("nvme2", "db-3.1795000000-abcdefgh", "live").resolve("ctrl_loss_tmo");
        var foreign = controller("nvme3", "disk1", "live").resolve("ctrl_loss_tmo");
        for (var file : new Path[] {plain, foreign}) Files.writeString(file, "600\n");
        Files.writeString(endless, "off\n");
        Files.writeString(hasty, "10\n");
        staged("db-1", "1795000000-abcdefgh", OptionalInt.empty());
        staged("db-2", "1795000000-abcdefgh", OptionalInt.of(-1));
        upkeep().shortenPatience();
        assertThat(plain).content().startsWith("30");
        assertThat(endless).content().startsWith("30");
        assertThat(hasty).content().startsWith("10");
        assertThat(foreign).content().startsWith("600");
        upkeep().restorePatience();
        assertThat(plain).content().startsWith("600");
        assertThat(endless).content().startsWith("-1");
    }

    @Test
    void aLostSessionIsAComplaint() throws IOException {
        controller("nvme3", "db-0.100-aaaaaaaa", "connecting");
        assertThat(transport.complaints(VOLUME)).singleElement().asString().contains("nvme3", "connecting");
    }

    @Test
    void aTargetWithoutATransferLimitIsAFlaw() throws IOException {
        var queue = Files.createDirectories(sys.resolve("dev/block/259:3/queue"));
        var device = new BlockDevice(dev.resolve("nvme7n1"), new DeviceNumber(259, 3));
        Files.writeString(queue.resolve("logical_block_size"), "4096\n");
        Files.writeString(queue.resolve("write_zeroes_max_bytes"), "268435456\n");
        assertThat(transport.flaw(device)).isEmpty();
        Files.writeString(queue.resolve("write_zeroes_max_bytes"), "2199023255040\n");
        assertThat(transport.flaw(device))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("268435456"));
    }

    @Test
    void aDeviceInUseIsNotMadeReadOnlyUnderItsUser() throws Exception {
        try (var world = new NodeWorld()) {
            world.create("db-0", 16);
            var loop = LoopDevices.attach(world.file("db-0"), false, "stands in for a disk");
            Mounting.makeNode(dev.resolve("nvme7n1"), loop.number(), false);
            disk("nvme-subsys1", "db-0.100-aaaaaaaa", "nvme7n1", loop.number().toString());
            controller("nvme3", "db-0.100-aaaaaaaa", "live");
            var user = new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "exec 3<\"$0\"; echo open; read end",
                            loop.path().toString())
                    .start();
            assertThat(user.getInputStream().read()).isEqualTo('o');
            assertThat(problemOf(() -> transport.attach(door("100-aaaaaaaa"), true, operation(VOLUME, 10_000))))
                    .isInstanceOf(NodeProblem.Occupied.class);
            assertThat(loop.readOnly()).isFalse();
            user.getOutputStream().close();
            assertThat(user.waitFor()).isNotNegative();
        }
    }

    @Test
    void aSessionThatIsOnItsWayOutIsWaitedForAndNotEndedAgain() throws IOException {
        var dying = controller("nvme0", "db-0.100-aaaaaaaa", "deleting (no IO)");
        assertThat(problemOf(() -> transport.detach(operation(VOLUME, 300))))
                .isInstanceOf(NodeProblem.StillAttached.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("deleting");
        assertThat(dying.resolve("delete_controller")).isEmptyFile();
    }

    @Test
    void aDisconnectThatHangsIsReportedAndThePluginLivesOn() throws Exception {
        var pipe = controller("nvme0", "db-0.100-aaaaaaaa", "live").resolve("delete_controller");
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(problemOf(() -> transport.detach(operation(VOLUME, 500))))
                .isInstanceOf(NodeProblem.StillAttached.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("hangs in the kernel", "nvme0");
        assertThat(Files.readString(pipe)).as("its process ends").isEqualTo("1");
    }

    @Test
    void aSessionThatIsReconnectingIsWaitedForAndNotMadeASecondTime() throws IOException {
        disk("nvme-subsys1", "db-0.100-aaaaaaaa", "nvme7n1", "259:3");
        controller("nvme3", "db-0.100-aaaaaaaa", "connecting");
        Files.createFile(dev.resolve("nvme-fabrics"));
        assertThat(problemOf(() -> transport.attach(door("100-aaaaaaaa"), false, operation(VOLUME, 200))))
                .isInstanceOf(NodeProblem.NoDoor.class)
                .extracting(problem -> problem.sentence())
                .asString()
                .contains("connecting");
        assertThat(dev.resolve("nvme-fabrics")).isEmptyFile();
    }
}
