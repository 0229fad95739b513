package io.srvlab.rdscsi.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.srvlab.rdscsi.node.linux.FileStatus;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Mounting;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.PublishContext;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * Volumes as files, doors as links, and nodes on this machine: what the simulator and kubelet do around the node's half.
 * Leaves no mount and no loop device behind.
 */
final class NodeWorld implements AutoCloseable {
    static final VolumeCapability EXT4 = mount("ext4", VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER);
    static final VolumeCapability BLOCK = VolumeCapability.newBuilder()
            .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
            .setAccessMode(mode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER))
            .build();

    final Path directory;
    private final Path doors;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** What nodes are given as --kubelet-dir. */
    Optional<Path> kubeletDirectory = Optional.empty();

    NodeWorld() throws IOException {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "needs root: mounts and loop devices are real");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "needs the kernel's loop driver");
        directory = Files.createTempDirectory("rds-csi-node").toRealPath();
        doors = Files.createDirectory(directory.resolve("doors"));
        Files.createDirectory(directory.resolve("files"));
    }

    /** The same world, as another process sees it. */
    NodeWorld(Path directory) {
        this.directory = directory;
        doors = directory.resolve("doors");
    }

    static VolumeCapability mount(String fsType, VolumeCapability.AccessMode.Mode mode, String... flags) {
        var mount = VolumeCapability.MountVolume.newBuilder().setFsType(fsType);
        for (var flag : flags) mount.addMountFlags(flag);
        return VolumeCapability.newBuilder()
                .setMount(mount)
                .setAccessMode(mode(mode))
                .build();
    }

    private static VolumeCapability.AccessMode mode(VolumeCapability.AccessMode.Mode mode) {
        return VolumeCapability.AccessMode.newBuilder().setMode(mode).build();
    }

    /** A node with a plugin; a second one of the same name is the same node after a restart of its plugin. */
    Node node(String name) {
        return node(name, Programs.OF_THE_SYSTEM);
    }

    Node node(String name, Programs programs) {
        // Loop devices belong to the whole machine: another world's node of that name is another node.
        var node = new NodeName(name + directory.getFileName().toString().replace("rds-csi-node", "-"));
        var config = new NodeConfig(node, 8, directory.resolve(name + "-staged"), kubeletDirectory);
        return new Node(name, config, new NodeService(config, new LoopTransport(node, doors), programs));
    }

    Path file(String slot) {
        return directory.resolve("files").resolve(slot + ".img");
    }

    void create(String slot, long mib) throws IOException {
        try (var file = new RandomAccessFile(file(slot).toFile(), "rw")) {
            file.setLength(mib << 20);
        }
    }

    void shrink(String slot, long mib) throws IOException {
        create(slot, mib);
    }

    /** Opens a door of the volume and returns what ControllerPublishVolume would tell the node. */
    Map<String, String> export(String slot, String claim) throws IOException {
        var door = door(slot, claim);
        if (!Files.exists(door)) Files.createSymbolicLink(door, file(slot));
        return context(slot, claim);
    }

    void unexport(String slot, String claim) throws IOException {
        Files.delete(door(slot, claim));
    }

    private Path door(String slot, String claim) {
        return doors.resolve("nqn.2000-02.com.mikrotik:" + slot + "." + claim);
    }

    static Map<String, String> context(String slot, String claim) {
        var uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
        return new PublishContext(
                        "127.0.0.1",
                        4420,
                        new Nqn("nqn.2000-02.com.mikrotik:" + slot + "." + claim),
                        "",
                        new Nqn("nqn.2014-08.org.nvmexpress:uuid:" + uuid),
                        uuid,
                        claim)
                .asMap();
    }

    /** The loop devices that hold the volume's file. */
    List<LoopDevices.Attached> attached(String slot) throws IOException {
        var status = FileStatus.of(file(slot)).orElseThrow();
        return LoopDevices.list().stream().filter(loop -> loop.holds(status)).toList();
    }

    static int mountsAt(Path place) throws IOException {
        return MountTable.read().at(place).size();
    }

    /** What a call failed with. */
    static Problem problemOf(ThrowingCallable call) {
        var thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(Failed.class);
        return ((Failed) thrown).problem();
    }

    final class Node {
        private final String name;
        private final NodeConfig config;
        final NodeService service;
        private volatile long deadlineMillis = 20_000;

        private Node(String name, NodeConfig config, NodeService service) {
            this.name = name;
            this.config = config;
            this.service = service;
        }

        /** What the service asks how full a volume is, where filesystems answer as {@code filesystem} does. */
        Statistics statistics(Operations operations, Statistics.Filesystem filesystem) {
            return new Statistics(
                    operations,
                    new LoopTransport(config.node(), doors),
                    new Places(config.kubeletDirectory()),
                    new StagedVolumes(config.state()),
                    filesystem);
        }

        Node patientFor(long millis) {
            deadlineMillis = millis;
            return this;
        }

        /** Where the node notes what it was told to stage. */
        Path notes() {
            return config.state();
        }

        Path staging(String slot) {
            return directory.resolve(name + "-staging").resolve(slot);
        }

        Path target(String slot, String pod) {
            return directory.resolve(name + "-pods").resolve(pod).resolve(slot);
        }

        void stage(String slot, VolumeCapability capability, Map<String, String> context) {
            stage(slot, capability, context, Map.of());
        }

        void stage(
                String slot,
                VolumeCapability capability,
                Map<String, String> context,
                Map<String, String> volumeContext) {
            call(
                    service::nodeStageVolume,
                    NodeStageVolumeRequest.newBuilder()
                            .setVolumeId(slot)
                            .setStagingTargetPath(staging(slot).toString())
                            .setVolumeCapability(capability)
                            .putAllPublishContext(context)
                            .putAllVolumeContext(volumeContext)
                            .build());
        }

        void publish(String slot, String pod, VolumeCapability capability, Map<String, String> context) {
            publish(slot, pod, capability, context, false);
        }

        void publish(
                String slot, String pod, VolumeCapability capability, Map<String, String> context, boolean readOnly) {
            call(
                    service::nodePublishVolume,
                    NodePublishVolumeRequest.newBuilder()
                            .setVolumeId(slot)
                            .setStagingTargetPath(staging(slot).toString())
                            .setTargetPath(target(slot, pod).toString())
                            .setVolumeCapability(capability)
                            .setReadonly(readOnly)
                            .putAllPublishContext(context)
                            .build());
        }

        void unpublish(String slot, String pod) {
            call(
                    service::nodeUnpublishVolume,
                    NodeUnpublishVolumeRequest.newBuilder()
                            .setVolumeId(slot)
                            .setTargetPath(target(slot, pod).toString())
                            .build());
        }

        void unstage(String slot) {
            call(
                    service::nodeUnstageVolume,
                    NodeUnstageVolumeRequest.newBuilder()
                            .setVolumeId(slot)
                            .setStagingTargetPath(staging(slot).toString())
                            .build());
        }

        /** One RPC, with a deadline as behind the server's interceptor. */
        <Q, A> A call(BiConsumer<Q, StreamObserver<A>> rpc, Q request) {
            var answer = new AtomicReference<@Nullable A>();
            var context = Context.current().withDeadline(Deadline.after(deadlineMillis, TimeUnit.MILLISECONDS), timer);
            context.run(() -> rpc.accept(request, new StreamObserver<>() {
                @Override
                public void onNext(A value) {
                    answer.set(value);
                }

                @Override
                public void onError(Throwable error) {
                    throw new AssertionError(error);
                }

                @Override
                public void onCompleted() {}
            }));
            context.close();
            var given = answer.get();
            if (given == null) throw new AssertionError("no answer to " + request);
            return given;
        }
    }

    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        var mounts = MountTable.read().entries().stream()
                .map(entry -> Path.of(entry.mountPoint()))
                .filter(place -> place.startsWith(directory))
                .sorted(Comparator.reverseOrder())
                .toList();
        for (var place : mounts) Mounting.unmountAll(place);
        try (var files = Files.newDirectoryStream(directory.resolve("files"))) {
            for (var file : files) {
                var status = FileStatus.of(file).orElseThrow();
                for (var loop : LoopDevices.list()) {
                    if (loop.holds(status)) LoopDevices.clear(loop.device());
                }
            }
        }
        try (var all = Files.walk(directory)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
