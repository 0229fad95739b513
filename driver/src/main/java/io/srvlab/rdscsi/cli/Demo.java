package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc.ControllerBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.DeleteVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc.NodeBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.Volume;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/** One volume's whole life, driven as a CSI client would; after each step the appliance is asked what it shows now. */
final class Demo {
    private static final String NAME = "demo";
    private static final long SIZE = 64L << 20;
    private static final long ANSWER_SECONDS = 30;
    private static final String MESSAGE = "written on node-a, read on node-b\n";
    private static final VolumeCapability CAPABILITY = VolumeCapability.newBuilder()
            .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
            .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.SINGLE_NODE_WRITER))
            .build();

    private final PrintWriter out;
    private final Appliance appliance;
    private final CsiChannel controller;
    private final Map<String, CsiChannel> nodes;
    private final Path mounts;

    /**
     * A demonstration over servers that run already.
     *
     * @param nodes by name; empty if this machine's nodes cannot mount anything
     * @param mounts directory for staging and target paths
     */
    Demo(PrintWriter out, Appliance appliance, CsiChannel controller, Map<String, CsiChannel> nodes, Path mounts) {
        this.out = out;
        this.appliance = appliance;
        this.controller = controller;
        this.nodes = nodes;
        this.mounts = mounts;
    }

    /** A step that did not do what it was to do. */
    static final class StepFailed extends Exception {
        private static final long serialVersionUID = 1L;

        StepFailed(String step, Exception cause) {
            super("FAILED at: " + step + ": " + cause.getMessage(), cause);
        }
    }

    /** Runs all steps, each on one line. */
    void run() throws StepFailed {
        var volume = step("create " + NAME, this::create);
        var onA = step("publish to node-a", () -> publish(volume, "node-a"));
        if (nodes.containsKey("node-a")) {
            attach(volume, "node-a", onA);
            step(
                    "write a file on node-a",
                    () -> Files.writeString(target("node-a").resolve("file"), MESSAGE));
        }
        step("publish to node-b is refused", () -> refused(volume, "node-b"));
        if (nodes.containsKey("node-a")) detach(volume, "node-a");
        step("unpublish from node-a", () -> unpublish(volume, "node-a"));
        var onB = step("publish to node-b", () -> publish(volume, "node-b"));
        if (nodes.containsKey("node-b")) {
            attach(volume, "node-b", onB);
            step(
                    "read the file on node-b",
                    () -> expect(MESSAGE, Files.readString(target("node-b").resolve("file"))));
            detach(volume, "node-b");
        }
        step("unpublish from node-b", () -> unpublish(volume, "node-b"));
        step(
                "delete",
                () -> controller()
                        .deleteVolume(DeleteVolumeRequest.newBuilder()
                                .setVolumeId(volume.getVolumeId())
                                .build()));
    }

    /** Takes from the nodes what a failed run left there, so that nothing stays mounted. */
    void cleanUp() {
        for (var name : nodes.keySet()) {
            try {
                var volume = Volume.newBuilder().setVolumeId(NAME).build();
                nodeUnpublish(volume, name);
                nodeUnstage(volume, name);
            } catch (StatusRuntimeException e) {
                out.println("Could not be undone on " + name + ": " + e.getMessage());
            }
        }
    }

    private void attach(Volume volume, String name, Map<String, String> context) throws StepFailed {
        step(
                "  stage on " + name,
                () -> node(name)
                        .nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                                .setVolumeId(volume.getVolumeId())
                                .putAllPublishContext(context)
                                .putAllVolumeContext(volume.getVolumeContextMap())
                                .setStagingTargetPath(staging(name).toString())
                                .setVolumeCapability(CAPABILITY)
                                .build()));
        step(
                "  mount on " + name,
                () -> node(name)
                        .nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                                .setVolumeId(volume.getVolumeId())
                                .putAllPublishContext(context)
                                .putAllVolumeContext(volume.getVolumeContextMap())
                                .setStagingTargetPath(staging(name).toString())
                                .setTargetPath(target(name).toString())
                                .setVolumeCapability(CAPABILITY)
                                .build()));
    }

    private void detach(Volume volume, String name) throws StepFailed {
        step("  unmount on " + name, () -> nodeUnpublish(volume, name));
        step("  unstage on " + name, () -> nodeUnstage(volume, name));
    }

    private Volume create() {
        return controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(NAME)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(SIZE))
                        .addVolumeCapabilities(CAPABILITY)
                        .build())
                .getVolume();
    }

    private Map<String, String> publish(Volume volume, String node) {
        return controller()
                .controllerPublishVolume(ControllerPublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setNodeId(node)
                        .setVolumeCapability(CAPABILITY)
                        .putAllVolumeContext(volume.getVolumeContextMap())
                        .build())
                .getPublishContextMap();
    }

    private String refused(Volume volume, String node) throws IOException {
        try {
            var _ = publish(volume, node);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
                return "%n          %s: %s"
                        .formatted(e.getStatus().getCode(), e.getStatus().getDescription());
            }
            throw e;
        }
        throw new IOException("two nodes hold a volume that one may hold");
    }

    private Object unpublish(Volume volume, String node) {
        return controller()
                .controllerUnpublishVolume(ControllerUnpublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setNodeId(node)
                        .build());
    }

    private Object nodeUnpublish(Volume volume, String name) {
        return node(name)
                .nodeUnpublishVolume(NodeUnpublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setTargetPath(target(name).toString())
                        .build());
    }

    private Object nodeUnstage(Volume volume, String name) {
        return node(name)
                .nodeUnstageVolume(NodeUnstageVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setStagingTargetPath(staging(name).toString())
                        .build());
    }

    private static String expect(String wanted, String read) throws IOException {
        if (!read.equals(wanted)) throw new IOException("read '" + read + "' instead of '" + wanted + "'");
        return "";
    }

    private <T> T step(String what, Callable<T> action) throws StepFailed {
        long began = System.nanoTime();
        T result;
        Optional<Disk> disk;
        long milliseconds;
        try {
            result = action.call();
            milliseconds = (System.nanoTime() - began) / 1_000_000;
            disk = appliance.disk(new VolumeId(NAME), Deadline.after(ANSWER_SECONDS, SECONDS));
        } catch (Exception e) {
            throw new StepFailed(what.strip(), e);
        }
        var told = result instanceof String text && text.startsWith(System.lineSeparator()) ? text : "";
        out.printf(
                "%6d ms %-30s %s%s%n", milliseconds, what, disk.map(Demo::shown).orElse("no disk item"), told);
        return result;
    }

    private static String shown(Disk disk) {
        var holders = disk.comment() instanceof Comment.Recorded(var _, var ledger) ? ledger.holderNames() : "";
        return "export " + (disk.exported() ? "on " : "off") + "  holders " + (holders.isEmpty() ? "-" : holders)
                + "  nqn " + disk.subsystem();
    }

    private Path staging(String node) {
        return mounts.resolve(node).resolve("staging");
    }

    private Path target(String node) {
        return mounts.resolve(node).resolve("target");
    }

    private ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(controller.channel()).withDeadlineAfter(ANSWER_SECONDS, SECONDS);
    }

    private NodeBlockingStub node(String name) {
        return NodeGrpc.newBlockingStub(Objects.requireNonNull(nodes.get(name)).channel())
                .withDeadlineAfter(ANSWER_SECONDS, SECONDS);
    }
}
