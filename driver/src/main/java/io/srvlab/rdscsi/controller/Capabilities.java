package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.appliance.Access;
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
            var _ = access(capability, false);
            if (capability.hasMount())
                fsType("volume_capabilities", capability.getMount().getFsType());
        }
    }

    /** The class of access that {@code capability} asks for. */
    static Access access(VolumeCapability capability, boolean readOnly) {
        if (!capability.hasMount() && !capability.hasBlock()) {
            throw malformed("volume_capability", "neither mount nor block is asked for");
        }
        var mode = capability.getAccessMode().getMode();
        return switch (mode) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER ->
                new Access(Access.AccessClass.WRITER, readOnly);
            case SINGLE_NODE_READER_ONLY -> new Access(Access.AccessClass.WRITER, true);
            case UNKNOWN, UNRECOGNIZED -> throw malformed("volume_capability", "access_mode is missing");
            case MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER, MULTI_NODE_MULTI_WRITER ->
                throw malformed(
                        "volume_capability",
                        "access mode " + mode
                                + " is not offered: a volume is attached to one node at a time (ReadWriteOnce)");
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
