package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.ShortHash;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which slot a CSI name maps to: the name itself where it is short and plain, else {@code rds-} and a hash of it. How long
 * a slot may be is told differently (32, 35, 40), so ours keep to 32.
 */
final class Slots {
    // Lower case only: whether slots that differ in case differ to RouterOS is not known.
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final Pattern GO_DRIVER =
            Pattern.compile("pvc-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private Slots() {}

    /** The slot of a volume of that name. */
    static VolumeId of(String csiName) {
        return new VolumeId(PLAIN.matcher(csiName).matches() ? csiName : "rds-" + ShortHash.of(26, "slot", csiName));
    }

    /** The slot in which the older Go driver would have put a volume of that name. */
    static Optional<VolumeId> ofGoDriver(String csiName) {
        return GO_DRIVER.matcher(csiName).matches() ? Optional.of(new VolumeId(csiName)) : Optional.empty();
    }

    /** The slots to look at before a volume of that name is made. */
    static List<VolumeId> toLookAt(String csiName) {
        var ours = of(csiName);
        return ofGoDriver(csiName).map(theirs -> List.of(ours, theirs)).orElse(List.of(ours));
    }
}
