import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.proto.csi.v1.ControllerGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ControllerPublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ControllerUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.MountVolume;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import java.util.TreeMap;

/**
 * Calls a controller as the attacher does, for when there is no API server to make the attacher call:
 *
 * <pre>
 * Csi SOCKET publish VOLUME NODE [SECONDS]
 * Csi SOCKET unpublish VOLUME NODE [SECONDS]
 * </pre>
 *
 * Prints {@code OK key=value …}, or the code and the message, and exits with 0 or 1. The attacher's deadline, 15 s, unless
 * SECONDS are given.
 */
final class Csi {
    public static void main(String[] args) {
        try (var channel = new CsiChannel(Endpoint.parse("unix://" + args[0]))) {
            var seconds = args.length > 4 ? Long.parseLong(args[4]) : 15;
            var controller = ControllerGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(seconds, SECONDS);
            System.out.println("OK" + call(controller, args[1], args[2], args[3]));
        } catch (StatusRuntimeException e) {
            System.out.println(e.getStatus().getCode() + " " + e.getStatus().getDescription());
            System.exit(1);
        }
    }

    private static String call(
            ControllerGrpc.ControllerBlockingStub controller, String what, String volume, String node) {
        return switch (what) {
            case "publish" -> {
                var text = new StringBuilder();
                new TreeMap<>(controller.controllerPublishVolume(publish(volume, node)).getPublishContextMap())
                        .forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
                yield text.toString();
            }
            case "unpublish" -> {
                var _ = controller.controllerUnpublishVolume(ControllerUnpublishVolumeRequest.newBuilder()
                        .setVolumeId(volume)
                        .setNodeId(node)
                        .build());
                yield "";
            }
            default -> throw new IllegalArgumentException("no such call: " + what);
        };
    }

    private static ControllerPublishVolumeRequest publish(String volume, String node) {
        var capability = VolumeCapability.newBuilder()
                .setMount(MountVolume.newBuilder().setFsType("ext4"))
                .setAccessMode(AccessMode.newBuilder().setMode(AccessMode.Mode.SINGLE_NODE_MULTI_WRITER));
        return ControllerPublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setNodeId(node)
                .setVolumeCapability(capability)
                .build();
    }

    private Csi() {}
}
