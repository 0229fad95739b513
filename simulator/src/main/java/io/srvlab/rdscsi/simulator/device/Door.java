package io.srvlab.rdscsi.simulator.device;

import java.nio.file.Path;
import java.util.Set;

/**
 * A disk that is on the network.
 *
 * @param disk the item's id, which never comes back
 * @param slot the item's slot
 * @param nqn the name under which it is found
 * @param hosts who is let in; none: anybody
 * @param file absolute
 * @param bytes the file's size
 */
public record Door(long disk, String slot, String nqn, Set<String> hosts, Path file, long bytes) {
    public Door {
        hosts = Set.copyOf(hosts);
    }
}
