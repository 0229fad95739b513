package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.LinkedHashMap;

/** The pool as {@code /disk} shows it: a RAID with a mount point, which says how much room there is. */
final class PoolItem {
    static final Value.Id ID = new Value.Id(1);

    private PoolItem() {}

    static Menu.Item of(Device device) {
        var row = new LinkedHashMap<String, Value>();
        row.put("type", new Value.Text("raid"));
        row.put("slot", new Value.Text(Device.POOL));
        row.put("slot-default", new Value.Text(""));
        row.put("uuid", new Value.Text("f457bc79-7408-489b-8850-85923e900452"));
        row.put("fs", new Value.Text(device.make().filesystem().shown()));
        row.put("model", new Value.Text("RAID6 2-parity-disks"));
        row.put("size", new Value.Num(device.make().poolBytes()));
        row.put("mount-point", new Value.Text(Device.POOL));
        row.put("free", new Value.Num(device.freeBytes()));
        row.put("raid-type", new Value.Text("6"));
        row.put("raid-device-count", new Value.Num(20));
        row.put("raid-max-component-size", new Value.Text("none"));
        row.put("raid-chunk-size", new Value.Text("1M"));
        row.put("raid-master", new Value.Text("none"));
        row.put("raid-state", new Value.Text("clean"));
        // Seen under both names: one in the manual's RAID listing, the other on an appliance.
        row.put("state", new Value.Text("clean"));
        for (var off :
                new String[] {"nvme-tcp-export", "iscsi-export", "nfs-sharing", "smb-sharing", "media-sharing"}) {
            row.put(off, new Value.Bool(false));
        }
        row.put("media-interface", new Value.Text("none"));
        return new Menu.Item(ID, row);
    }
}
