package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.NameUuid;
import io.srvlab.rdscsi.volume.Nqn;

/**
 * A node as the appliance knows it. Its host NQN is made of what the ledger says of it and of nothing else, so that any
 * process can tell from the item alone whether its list admits exactly the holders. What a cloned image carries in
 * /etc/nvme/hostnqn plays no part.
 *
 * @param id the UUID in {@code nqn}, which is also the NVMe host identifier
 */
public record Host(Holder holder, Nqn nqn, String id) {
    /**
     * The host that {@code holder} is.
     *
     * @param clusterMark {@link ClusterId#mark} of its cluster
     */
    public static Host of(String clusterMark, Holder holder) {
        var id = NameUuid.of("host", clusterMark, holder.node().text(), holder.uid8())
                .toString();
        return new Host(holder, new Nqn("nqn.2014-08.org.nvmexpress:uuid:" + id), id);
    }
}
