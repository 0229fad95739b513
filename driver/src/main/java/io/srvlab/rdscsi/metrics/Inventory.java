package io.srvlab.rdscsi.metrics;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Pool;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one whole reading of the appliance showed.
 *
 * @param volumes how many there are in each state; 0 is a count like any other, since all were read
 * @param pool nothing if no disk item is mounted at {@code mountPoint}
 */
record Inventory(Instant read, Map<VolumeState, Long> volumes, String mountPoint, Optional<Pool> pool) {
    Inventory {
        volumes = Map.copyOf(volumes);
    }

    /** Asks the appliance, in two reads; {@link io.srvlab.rdscsi.volume.Failed} if either was not answered whole. */
    static Inventory read(Appliance appliance, ClusterId cluster, BasePath base, Deadline deadline) {
        var volumes = count(appliance.recorded(deadline), cluster);
        var pool = appliance.pool(base, deadline);
        return new Inventory(Instant.now(), volumes, base.mountPoint(), pool);
    }

    private static Map<VolumeState, Long> count(List<Disk> disks, ClusterId cluster) {
        var counts = new EnumMap<VolumeState, Long>(VolumeState.class);
        for (var state : VolumeState.values()) counts.put(state, 0L);
        for (var disk : disks) {
            VolumeState.of(disk.comment(), cluster).ifPresent(state -> counts.merge(state, 1L, Long::sum));
        }
        return counts;
    }
}
