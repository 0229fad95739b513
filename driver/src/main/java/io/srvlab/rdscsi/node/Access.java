package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.filesystem.FsType;
import io.srvlab.rdscsi.node.filesystem.MountOptions;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.util.Optional;

/** How a volume is used on this node: the CSI volume capability, checked. */
sealed interface Access {
    /** The access mode lets nobody write, from any node. */
    boolean readerOnly();

    /** Nothing is to be written, not even a journal replayed: by the access mode, or by the mount option {@code ro}. */
    boolean readOnly();

    /** SINGLE_NODE_SINGLE_WRITER: at one target path at a time. */
    boolean onePlaceOnly();

    record Block(boolean readerOnly, boolean onePlaceOnly) implements Access {
        @Override
        public boolean readOnly() {
            return readerOnly;
        }
    }

    /** {@code asked} is empty if any filesystem will do that is there, and ext4 if there is none. */
    record Mount(Optional<FsType> asked, MountOptions options, boolean readerOnly, boolean onePlaceOnly)
            implements Access {
        /** The filesystem that a blank device is given. */
        FsType toMake() {
            return asked.orElse(FsType.EXT4);
        }

        /** The options of a mount of {@code type}; throws as {@link Access#parse} does. */
        MountOptions optionsFor(FsType type) {
            try {
                return options.completed(type, readOnly());
            } catch (IllegalArgumentException e) {
                throw malformed(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public boolean readOnly() {
            return readerOnly || options.readOnly();
        }
    }

    /**
     * Reads the capability; {@code doorFsType} stands in where it names no filesystem.
     *
     * @throws Failed with {@link Problem.Malformed} saying what is missing or not offered
     */
    static Access parse(VolumeCapability capability, String doorFsType) {
        if (!capability.hasMount() && !capability.hasBlock()) throw malformed("neither mount nor block is asked for");
        var mode = capability.getAccessMode().getMode();
        var readerOnly = switch (mode) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER -> false;
            case SINGLE_NODE_READER_ONLY, MULTI_NODE_READER_ONLY -> true;
            case MULTI_NODE_MULTI_WRITER -> {
                if (capability.hasBlock()) yield false;
                throw malformed("MULTI_NODE_MULTI_WRITER is for raw block volumes: two nodes would ruin a filesystem");
            }
            case MULTI_NODE_SINGLE_WRITER -> throw malformed("access mode MULTI_NODE_SINGLE_WRITER is not offered");
            case UNKNOWN, UNRECOGNIZED -> throw malformed("access_mode is missing");
        };
        var onePlaceOnly = mode == VolumeCapability.AccessMode.Mode.SINGLE_NODE_SINGLE_WRITER;
        if (capability.hasBlock()) return new Block(readerOnly, onePlaceOnly);
        var mount = capability.getMount();
        var fsType = mount.getFsType().isEmpty() ? doorFsType : mount.getFsType();
        var parsed = new Mount(fsType(fsType), options(mount), readerOnly, onePlaceOnly);
        parsed.asked().ifPresent(parsed::optionsFor); // refused before anything is touched
        return parsed;
    }

    private static Optional<FsType> fsType(String text) {
        if (text.isEmpty()) return Optional.empty();
        var type = FsType.parse(text);
        if (type.isEmpty()) throw malformed("filesystem '" + text + "' is not offered (" + FsType.known() + ")");
        return type;
    }

    private static MountOptions options(VolumeCapability.MountVolume mount) {
        try {
            return MountOptions.parse(mount.getMountFlagsList());
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private static Failed malformed(String why) {
        return new Failed(new Problem.Malformed("volume_capability", why));
    }
}
