package io.srvlab.rdscsi.nvme;

import java.nio.file.Path;

/**
 * A namespace as a block device of this host.
 *
 * @param node under /dev
 * @param number {@code major:minor}, which the node must have
 */
public record Disk(Path node, String number) {
    @Override
    public String toString() {
        return node + " (" + number + ")";
    }
}
