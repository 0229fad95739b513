package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.volume.NameUuid;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Nqn;
import java.util.UUID;

/**
 * A node as the appliance knows it. Its host NQN is made from cluster id, node name and Node UID; what a cloned image
 * carries in /etc/nvme/hostnqn plays no part.
 */
record Host(Holder holder, Nqn nqn, String id) {
    static Host of(ClusterId cluster, NodeName node, UUID uid) {
        var id =
                NameUuid.of("host", cluster.text(), node.text(), uid.toString()).toString();
        return new Host(
                new Holder(node, uid.toString().substring(0, 8)), new Nqn("nqn.2014-08.org.nvmexpress:uuid:" + id), id);
    }
}
