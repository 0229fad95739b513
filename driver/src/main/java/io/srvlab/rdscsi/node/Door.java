package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.PublishContext;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/** Where a volume is to be found on the network, and how patiently to hold on to it. */
public sealed interface Door {
    String address();

    int port();

    Nqn subsystem();

    /** Filesystem to find or make; empty if that is left open. */
    String fsType();

    Patience patience();

    /** Tells this attachment from every other of the volume. */
    String attachment();

    /** Under which name to knock; nothing where any host may enter. */
    default Optional<Claimed> host() {
        return this instanceof Claimed claimed ? Optional.of(claimed) : Optional.empty();
    }

    /** A door made for one attachment: only the host named there may enter, and the name is never used again. */
    record Claimed(PublishContext context, UUID hostId, Patience patience) implements Door {
        @Override
        public String address() {
            return context.address();
        }

        @Override
        public int port() {
            return context.port();
        }

        @Override
        public Nqn subsystem() {
            return context.subsystem();
        }

        @Override
        public String fsType() {
            return context.fsType();
        }

        @Override
        public String attachment() {
            return context.claim();
        }
    }

    /** A volume of the older Go driver: one door for its whole life, open to any host. */
    record Legacy(String address, int port, Nqn subsystem, Patience patience) implements Door {
        @Override
        public String fsType() {
            return "";
        }

        @Override
        public String attachment() {
            return "legacy";
        }
    }

    /** Timeouts of a session, in seconds; empty leaves them to the kernel. */
    record Patience(OptionalInt loss, OptionalInt reconnect, OptionalInt keepAlive) {
        static Patience parse(Map<String, String> volumeContext) {
            var keepAlive = seconds(volumeContext, "keepAliveTmo", 0);
            return new Patience(
                    seconds(volumeContext, "ctrlLossTmo", -1),
                    seconds(volumeContext, "reconnectDelay", 1),
                    // 0, the Go driver's default, would mean to the kernel: never ask whether the target is alive.
                    keepAlive.orElse(0) == 0 ? OptionalInt.empty() : keepAlive);
        }

        private static OptionalInt seconds(Map<String, String> map, String key, int least) {
            var text = map.get(key);
            if (text == null || text.isEmpty()) return OptionalInt.empty();
            try {
                var seconds = Integer.parseInt(text);
                if (seconds >= least) return OptionalInt.of(seconds);
            } catch (NumberFormatException _) {
                // said below
            }
            throw new IllegalArgumentException(
                    key + " must be a number of seconds, at least " + least + ": '" + text + "'");
        }
    }

    /**
     * Reads the door from what the controller, or else the volume itself, says.
     *
     * @throws IllegalArgumentException naming the key that is missing or wrong
     */
    static Door parse(VolumeId volume, Map<String, String> publishContext, Map<String, String> volumeContext) {
        var door = parse(publishContext, volumeContext);
        // Detaching goes by the volume's own names, so a door under another one would never be closed again.
        if (!Names.of(volume, door.subsystem().text())) {
            throw new IllegalArgumentException(
                    door.subsystem() + " is not the name of an attachment of volume " + volume);
        }
        return door;
    }

    private static Door parse(Map<String, String> publishContext, Map<String, String> volumeContext) {
        var patience = Patience.parse(volumeContext);
        var claimed = PublishContext.parse(publishContext);
        if (claimed.isPresent())
            return new Claimed(claimed.get(), uuid(claimed.get().hostId()), patience);
        var nqn = volumeContext.get("nqn");
        var address = volumeContext.get("nvmeAddress");
        if (nqn == null || address == null || address.isBlank()) {
            throw new IllegalArgumentException(
                    "there is no nvme_nqn in it, and no nqn and nvmeAddress in volume_context: ControllerPublishVolume must come first");
        }
        return new Legacy(address, port(volumeContext.getOrDefault("nvmePort", "4420")), new Nqn(nqn), patience);
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("host_id is no UUID: '" + text + "'", e);
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}")) throw new IllegalArgumentException("nvmePort is no TCP port: '" + text + "'");
        var port = Integer.parseInt(text);
        if (port < 1 || port > 65535) throw new IllegalArgumentException("nvmePort is no TCP port: " + port);
        return port;
    }

    /** Whose NQNs these are: every attachment of one volume, and no other volume's. */
    final class Names {
        private static final String PREFIX = "nqn.2000-02.com.mikrotik:";
        private static final Pattern CLAIM = Pattern.compile("[0-9]+-[A-Za-z0-9]+");
        private static final Pattern LEGACY_SLOT = Pattern.compile("pvc-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

        private Names() {}

        /**
         * Whether {@code nqn} is the name of an attachment of {@code volume}. A slot may hold dots, so what follows it
         * must be a claim to the last character: {@code a.b} is not a volume {@code a} with more behind it.
         */
        static boolean of(VolumeId volume, String nqn) {
            var own = PREFIX + volume.slot();
            if (!nqn.startsWith(own)) return false;
            var rest = nqn.substring(own.length());
            if (rest.isEmpty()) return LEGACY_SLOT.matcher(volume.slot()).matches();
            return rest.startsWith(".") && CLAIM.matcher(rest.substring(1)).matches();
        }
    }
}
