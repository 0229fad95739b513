package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.proto.csi.v1.NodeExpandVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.MkfsOptions;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The node's requests, read and checked before anything is touched. All throw {@link Failed} with what is wrong. */
final class Requests {
    private Requests() {}

    /**
     * @param mkfsOptions for a filesystem of the type that {@code access} asks for
     * @param source what the volume was copied from, by volume_context: it is never empty, and never formatted
     */
    record Stage(
            VolumeId volume, Path staging, Access access, Door door, MkfsOptions mkfsOptions, Optional<String> source) {
        private static final String SOURCE = "contentSource";

        static Stage parse(NodeStageVolumeRequest request) {
            need("volume_id", request.getVolumeId());
            need("staging_target_path", request.getStagingTargetPath());
            capability(request.hasVolumeCapability());
            var volume = idOf(request.getVolumeId());
            var staging = path("staging_target_path", request.getStagingTargetPath());
            var door = doorOf(volume, request.getPublishContextMap(), request.getVolumeContextMap());
            var source = Optional.ofNullable(request.getVolumeContextMap().get(SOURCE))
                    .filter(text -> !text.isBlank());
            var access = accessOf(request.getVolumeCapability(), door);
            return new Stage(volume, staging, access, door, optionsOf(access, request.getVolumeContextMap()), source);
        }
    }

    record Publish(VolumeId volume, Path staging, Path target, Access access, boolean readOnly, Door door) {
        static Publish parse(NodePublishVolumeRequest request) {
            need("volume_id", request.getVolumeId());
            need("target_path", request.getTargetPath());
            capability(request.hasVolumeCapability());
            need("staging_target_path", request.getStagingTargetPath());
            var volume = idOf(request.getVolumeId());
            var target = path("target_path", request.getTargetPath());
            var staging = path("staging_target_path", request.getStagingTargetPath());
            var door = doorOf(volume, request.getPublishContextMap(), request.getVolumeContextMap());
            var access = accessOf(request.getVolumeCapability(), door);
            return new Publish(volume, staging, target, access, request.getReadonly() || access.readOnly(), door);
        }
    }

    record Unstage(VolumeId volume, Path staging) {
        static Unstage parse(NodeUnstageVolumeRequest request) {
            need("volume_id", request.getVolumeId());
            need("staging_target_path", request.getStagingTargetPath());
            var volume = idOf(request.getVolumeId());
            return new Unstage(volume, path("staging_target_path", request.getStagingTargetPath()));
        }
    }

    record Unpublish(VolumeId volume, Path target) {
        static Unpublish parse(NodeUnpublishVolumeRequest request) {
            need("volume_id", request.getVolumeId());
            need("target_path", request.getTargetPath());
            var volume = idOf(request.getVolumeId());
            return new Unpublish(volume, path("target_path", request.getTargetPath()));
        }
    }

    /** {@code path} is left as it came: one that cannot be is "not there", not a mistake (NOT_FOUND). */
    record Stats(VolumeId volume, String path) {
        static Stats parse(NodeGetVolumeStatsRequest request) {
            need("volume_id", request.getVolumeId());
            need("volume_path", request.getVolumePath());
            return new Stats(idOf(request.getVolumeId()), request.getVolumePath());
        }
    }

    /**
     * @param path as it came: to be judged when the volume is known
     * @param bytesLeast how large the volume is to be at least; 0: nobody says
     */
    record Expand(VolumeId volume, String path, long bytesLeast) {
        Path place() {
            return Requests.path("volume_path", path);
        }

        static Expand parse(NodeExpandVolumeRequest request) {
            need("volume_id", request.getVolumeId());
            need("volume_path", request.getVolumePath());
            var volume = idOf(request.getVolumeId());
            var range = request.getCapacityRange();
            if (range.getRequiredBytes() < 0 || range.getLimitBytes() < 0) {
                throw malformed("capacity_range", "a size is negative");
            }
            return new Expand(volume, request.getVolumePath(), range.getRequiredBytes());
        }
    }

    /** The volume that {@code id} names; NOT_FOUND if no volume can be called that. */
    private static VolumeId idOf(String id) {
        return VolumeId.parse(id).orElseThrow(() -> new Failed(new Problem.NoSuchVolume(id)));
    }

    /** An absolute path, without {@code ..}: the kernel's mount table knows no others. */
    private static Path path(String field, String text) {
        need(field, text);
        try {
            // A line each is how target paths are written down.
            if (text.chars().anyMatch(Character::isISOControl)) throw malformed(field, "it holds control characters");
            var path = Path.of(text);
            if (!path.isAbsolute()) throw malformed(field, "'" + text + "' is not an absolute path");
            if (path.getNameCount() == 0 || !path.equals(path.normalize())) {
                throw malformed(field, "'" + text + "' is no plain path to a directory of its own");
            }
            return path;
        } catch (InvalidPathException e) {
            throw malformed(field, "'" + text + "' is no path: " + e.getReason());
        }
    }

    private static void need(String field, String text) {
        if (text.isEmpty()) throw malformed(field, "it is required");
    }

    private static void capability(boolean there) {
        if (!there) throw malformed("volume_capability", "it is required");
    }

    private static Access accessOf(VolumeCapability capability, Door door) {
        return Access.parse(capability, door.fsType());
    }

    private static Door doorOf(VolumeId volume, Map<String, String> publishContext, Map<String, String> volumeContext) {
        try {
            return Door.parse(volume, publishContext, volumeContext);
        } catch (IllegalArgumentException e) {
            throw malformed("publish_context", String.valueOf(e.getMessage()));
        }
    }

    private static MkfsOptions optionsOf(Access access, Map<String, String> volumeContext) {
        if (!(access instanceof Access.Mount mount)) return MkfsOptions.NONE;
        try {
            return MkfsOptions.parse(mount.toMake().toString(), volumeContext.getOrDefault(MkfsOptions.KEY, ""));
        } catch (IllegalArgumentException e) {
            throw malformed("volume_context", String.valueOf(e.getMessage()));
        }
    }

    private static Failed malformed(String field, String why) {
        return new Failed(new Problem.Malformed(field, why));
    }
}
