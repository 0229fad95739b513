package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.appliance.Access.AccessClass;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.util.List;
import java.util.Set;

/** Reads CSI's volume capabilities: how a volume is to be held, and as what. */
final class Capabilities {
    private static final Set<String> FILESYSTEMS = Set.of("ext4", "xfs", "btrfs");

    private Capabilities() {}

    /**
     * Checks all of {@code capabilities}.
     *
     * @throws Failed with {@link Problem.Malformed} saying what is missing or not offered
     */
    static void check(List<VolumeCapability> capabilities) {
        if (capabilities.isEmpty()) throw malformed("volume_capabilities", "at least one is needed");
        for (var capability : capabilities) {
            var _ = accessClass(capability);
            if (capability.hasMount())
                fsType("volume_capabilities", capability.getMount().getFsType());
        }
    }

    /** The class of access that {@code capability} asks for. */
    static AccessClass accessClass(VolumeCapability capability) {
        if (!capability.hasMount() && !capability.hasBlock()) {
            throw malformed("volume_capability", "neither mount nor block is asked for");
        }
        return switch (capability.getAccessMode().getMode()) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER, SINGLE_NODE_READER_ONLY ->
                AccessClass.WRITER;
            case MULTI_NODE_READER_ONLY -> AccessClass.READERS;
            case MULTI_NODE_MULTI_WRITER -> {
                if (capability.hasBlock()) yield AccessClass.SHARED;
                throw malformed(
                        "volume_capability",
                        "MULTI_NODE_MULTI_WRITER is offered for raw block volumes only: two nodes that mount one filesystem"
                                + " destroy it");
            }
            case MULTI_NODE_SINGLE_WRITER ->
                throw malformed("volume_capability", "access mode MULTI_NODE_SINGLE_WRITER is not offered");
            case UNKNOWN, UNRECOGNIZED -> throw malformed("volume_capability", "access_mode is missing");
        };
    }

    /** Whether {@code capability} lets nobody write, whatever the request says beside it. */
    static boolean readOnly(VolumeCapability capability) {
        return switch (capability.getAccessMode().getMode()) {
            case SINGLE_NODE_READER_ONLY, MULTI_NODE_READER_ONLY -> true;
            default -> false;
        };
    }

    /** A filesystem that is offered, or empty for the default; {@code field} is where it was asked for. */
    static String fsType(String field, String text) {
        if (!text.isEmpty() && !FILESYSTEMS.contains(text)) {
            throw malformed(field, "filesystem '" + text + "' is not offered (ext4, xfs, btrfs)");
        }
        return text;
    }

    private static Failed malformed(String field, String why) {
        return new Failed(new Problem.Malformed(field, why));
    }
}
