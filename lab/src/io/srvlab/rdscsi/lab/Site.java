package io.srvlab.rdscsi.lab;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc.ControllerBlockingStub;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An appliance and a controller here, and two nodes, each a guest of its own. The appliance is the simulator, whose disks
 * the kernel's target serves.
 */
final class Site implements AutoCloseable {
    /** Where nodes reach the appliance. */
    static final String ADDRESS = "10.9.1.1";

    private static final Path STATE = Path.of("/data/appliance");
    private static final Endpoint CONTROLLER = Endpoint.parse("unix:///run/controller/csi.sock");
    private static final long ANSWER_SECONDS = 90;

    /** So that the kernel sees soon that nobody answers, and soon that somebody does again. */
    private static final Map<String, String> IMPATIENT =
            Map.of("keepAliveTmo", "2", "reconnectDelay", "1", "ctrlLossTmo", "60");

    final Machine a = new Machine("node-a", 2);
    final Machine b = new Machine("node-b", 3);
    private final CsiChannel controllerChannel = new CsiChannel(CONTROLLER);
    private Server appliance;
    private Server controller;
    private List<Machine> present;

    Site() throws Exception {
        appliance = startAppliance();
        present = List.of(a, b);
        controller = startController();
        a.awaitPlugin();
        b.awaitPlugin();
    }

    /** A volume, as CreateVolume answered. */
    record Volume(String id, VolumeCapability as, Map<String, String> context, Path file) {}

    private static Server startAppliance() throws IOException {
        return Server.start("simulator", "--state", STATE.toString(), "--nvme", "kernel@" + ADDRESS + ":4420");
    }

    private Server startController() throws IOException {
        return Server.start(
                "controller",
                "--endpoint", CONTROLLER.toString(),
                "--cluster", "static",
                "--cluster-id", "lab",
                "--nodes", String.join(",", present.stream().map(Machine::name).toList()),
                "--appliance", "ssh://" + appliance.ready().get("user") + "@" + appliance.ready().get("ssh"),
                "--identity", appliance.ready().get("key"),
                "--host-key", appliance.ready().get("host-key"),
                "--base-path", appliance.ready().get("base-path"),
                "--nvme-address", ADDRESS);
    }

    /** From now on the cluster has these nodes, and all others are gone from it. */
    void clusterHas(Machine... nodes) throws IOException {
        if (present.equals(List.of(nodes))) return;
        present = List.of(nodes);
        restartController();
    }

    private void restartController() throws IOException {
        controller.close();
        controller = startController();
    }

    /** The appliance goes down, and with it all that it serves. */
    void stopAppliance() {
        appliance.close();
    }

    /** It comes back, and the controller finds it on another port. */
    void restartAppliance() throws IOException {
        appliance = startAppliance();
        restartController();
    }

    Volume create(String name, long bytes, VolumeCapability as) throws IOException {
        var volume = controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(name)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .addVolumeCapabilities(as)
                        .putAllParameters(IMPATIENT)
                        .build())
                .getVolume();
        return new Volume(volume.getVolumeId(), as, volume.getVolumeContextMap(), file(volume.getVolumeId()));
    }

    private static Path file(String volume) throws IOException {
        try (var files = Files.walk(STATE.resolve("files"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(volume))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no file of " + volume));
        }
    }

    Map<String, String> publish(Volume volume, Machine node) {
        return controller()
                .controllerPublishVolume(ControllerPublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.id())
                        .setNodeId(node.name())
                        .setVolumeCapability(volume.as())
                        .putAllVolumeContext(volume.context())
                        .build())
                .getPublishContextMap();
    }

    void unpublish(Volume volume, Machine node) {
        var _ = controller()
                .controllerUnpublishVolume(ControllerUnpublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.id())
                        .setNodeId(node.name())
                        .build());
    }

    /** From the controller's grant to the pod's mount. */
    void attach(Volume volume, Machine node) {
        var context = publish(volume, node);
        var kubelet = kubelet(volume, node);
        kubelet.stage(context, volume.as());
        kubelet.publish(context, volume.as());
    }

    /** The same way back. */
    void detach(Volume volume, Machine node) {
        letGo(volume, node);
        unpublish(volume, node);
    }

    /** What the node does of it. */
    void letGo(Volume volume, Machine node) {
        var kubelet = kubelet(volume, node);
        kubelet.unpublish();
        kubelet.unstage();
    }

    static Kubelet kubelet(Volume volume, Machine node) {
        return new Kubelet(node, volume.id(), volume.context());
    }

    private ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(controllerChannel.channel())
                .withWaitForReady()
                .withDeadlineAfter(ANSWER_SECONDS, SECONDS);
    }

    @Override
    public void close() {
        controllerChannel.close();
        a.close();
        b.close();
        controller.close();
        appliance.close();
    }
}
