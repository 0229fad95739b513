package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Making and ending mounts. Each call does one thing and believes the mount table, not the return code alone. */
public final class Mounting {
    private static final int UMOUNT_NOFOLLOW = 8;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 0x80000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MOUNT_ATTR_RDONLY = 1;
    private static final int MOUNTS_STACKED_MAX = 64;

    private Mounting() {}

    /** Mounts the filesystem on {@code device}. */
    public static void filesystem(BlockDevice device, Path target, String type, long flags, String data)
            throws IOException {
        Libc.mount(device.path().toString(), target.toString(), type, flags, data);
    }

    /**
     * Shows at {@code target} what is mounted, or lies, at {@code source}. Made read-only before it can be seen: a
     * bind mount that is remounted read-only afterwards is writable in between, and stays so after a crash.
     */
    public static void bind(Path source, Path target, boolean readOnly) throws IOException {
        var fd = Libc.openTree(source.toString(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        try (var arena = Arena.ofConfined()) {
            if (readOnly) {
                var attributes = arena.allocate(32, 8); // struct mount_attr: attr_set, attr_clr, propagation, userns_fd
                attributes.set(JAVA_LONG, 0, MOUNT_ATTR_RDONLY);
                Libc.mountSetattr(source.toString(), fd, attributes);
            }
            Libc.moveMount(fd, target.toString(), MOVE_MOUNT_F_EMPTY_PATH);
        } finally {
            Libc.close(fd);
        }
    }

    /**
     * Unmounts whatever is mounted at {@code target}, however often, until it is no mount point; reads the mount table
     * after each step.
     *
     * @throws ErrnoException with EBUSY while something in it is in use
     */
    public static void unmountAll(Path target) throws IOException {
        for (var left = MOUNTS_STACKED_MAX; ; left--) {
            if (MountTable.read().at(target).isEmpty()) return;
            if (left == 0) throw new IOException(target + " is a mount point still, after 64 successful unmounts");
            Libc.umount2(target.toString(), UMOUNT_NOFOLLOW);
        }
    }

    /** Makes a node for {@code device}, for its owner and group to read and, unless read-only, to write. */
    public static void makeNode(Path path, DeviceNumber device, boolean readOnly) throws IOException {
        var blockDevice = 0x6000;
        Libc.mknod(path.toString(), blockDevice | (readOnly ? 0440 : 0660), device.packed());
    }
}
