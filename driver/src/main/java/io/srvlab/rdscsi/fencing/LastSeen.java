package io.srvlab.rdscsi.fencing;

import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How this process last saw disk items, so that a change can be tried at once: every change names the comment that it
 * expects, so one that rests on an old sight changes nothing and brings back the present one. Nothing is ever answered from
 * here. Bounded: what was not looked at for longest is forgotten.
 */
final class LastSeen {
    private static final int VOLUMES_MAX = 4096;

    private final Map<VolumeId, Disk> disks = new LinkedHashMap<>(16, 0.75f, true);

    synchronized Optional<Disk> of(VolumeId volume) {
        return Optional.ofNullable(disks.get(volume));
    }

    /** Keeps what a list or a creation showed, if there is room and nothing is known: it may be older than what is. */
    synchronized void offer(Disk disk) {
        if (disks.size() < VOLUMES_MAX) disks.putIfAbsent(disk.volume(), disk);
    }

    /** Keeps what a read or a read-back showed; nothing if the item is not there. */
    synchronized Optional<Disk> keep(VolumeId volume, Optional<Disk> seen) {
        if (seen.isEmpty()) {
            disks.remove(volume);
        } else {
            disks.put(volume, seen.get());
            if (disks.size() > VOLUMES_MAX)
                disks.remove(disks.keySet().iterator().next());
        }
        return seen;
    }
}
