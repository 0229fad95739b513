package io.srvlab.rdscsi.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths as the mount table writes them. */
final class Places {
    private Places() {}

    /**
     * {@code path} with every symbolic link on the way resolved, its last name left alone: kubelet's directory may be
     * reached through a link, and the mount table knows only where that leads.
     */
    static Path resolve(Path path) throws IOException {
        var parent = path.getParent();
        var name = path.getFileName();
        if (parent == null || name == null || !Files.exists(parent)) return path;
        return parent.toRealPath().resolve(name);
    }
}
