package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.ListIgnored;
import io.srvlab.rdscsi.simulator.personality.Personality.OneNameOnly;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the appliance makes of the lists of hosts. Decided when a disk goes on the network and when its list becomes
 * another, and kept until then. Guarded by the device.
 */
final class Lists {
    private final Rules<Personality> personalities;
    private final Map<Long, Made> made = new HashMap<>();

    private record Made(String list, Set<String> hosts) {}

    Lists(Rules<Personality> personalities) {
        this.personalities = personalities;
    }

    /** Who is let in to this disk, which is on the network; none: anybody. */
    Set<String> of(Disk disk) {
        var known = made.get(disk.id());
        if (known == null || !known.list().equals(disk.list())) {
            known = new Made(disk.list(), decide(disk));
            made.put(disk.id(), known);
        }
        return known.hosts();
    }

    /** Forgets all disks but these. */
    void keep(List<Door> doors) {
        made.keySet().retainAll(doors.stream().map(Door::disk).collect(Collectors.toSet()));
    }

    void forget() {
        made.clear();
    }

    private Set<String> decide(Disk disk) {
        var site = Site.door(disk.slot());
        if (personalities.holds(ListIgnored.class, site)) return Set.of();
        if (!personalities.holds(OneNameOnly.class, site)) return disk.hosts();
        var name = disk.list().strip();
        return name.isEmpty() ? Set.of() : Set.of(name);
    }
}
