package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.ShortHash;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.regex.Pattern;

/**
 * The directory on the appliance that backing files are made in: absolute, as {@code /disk} writes paths, at least two
 * levels deep, without {@code .} or {@code ..}; the first level is the pool's mount point.
 *
 * @param path such as {@code /storage-pool/rds-csi}
 */
public record BasePath(String path) {
    // One spelling for one directory: no empty, dot-only or hidden component (/file does not show those).
    private static final Pattern SHAPE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*){2,16}");

    public BasePath {
        if (!SHAPE.matcher(path).matches() || path.length() > 200) {
            throw new IllegalArgumentException(
                    "not a directory on a pool: '" + path + "' (wanted: /pool/directory of A-Z a-z 0-9 . _ -)");
        }
    }

    /** The pool's mount point as {@code /disk} names it: {@code storage-pool}. */
    public String mountPoint() {
        return path.substring(1, path.indexOf('/', 1));
    }

    /** The directory as {@code /file} names it, without the leading slash. */
    public String fileName() {
        return path.substring(1);
    }

    /** The backing file of {@code volume}, as {@code /disk} names it. */
    public String backingFile(VolumeId volume, ClusterId cluster) {
        return path + "/" + backingFileName(volume, cluster);
    }

    /**
     * The last component of a backing file's path. It carries a hash of cluster and slot, so that a file whose disk item
     * is gone is still shown to be that volume's and not one that a person put there under the same name.
     */
    static String backingFileName(VolumeId volume, ClusterId cluster) {
        return volume.slot() + "-" + ShortHash.of(10, "file", cluster.text(), volume.slot()) + ".img";
    }

    @Override
    public String toString() {
        return path;
    }
}
