package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.PublishContext;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/** Where a volume is to be found on the network, and how to hold on to it. */
public sealed interface Door {
    String address();

    int port();

    Nqn subsystem();

    /** Filesystem to find or make; empty if that is left open. */
    String fsType();

    Session session();

    /** Tells this attachment from every other of the volume. */
    String attachment();

    /** Under which name to knock; nothing where any host may enter. */
    default Optional<Claimed> host() {
        return this instanceof Claimed claimed ? Optional.of(claimed) : Optional.empty();
    }

    /** A door made for one attachment: only the host named there may enter, and the name is never used again. */
    record Claimed(PublishContext context, UUID hostId, Session session) implements Door {
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
    record Legacy(String address, int port, Nqn subsystem, Session session) implements Door {
        @Override
        public String fsType() {
            return "";
        }

        @Override
        public String attachment() {
            return "legacy";
        }
    }

    /** How a session is to be: timeouts in seconds, and I/O queues. Empty leaves it to the kernel, or to this driver. */
    record Session(OptionalInt loss, OptionalInt reconnect, OptionalInt keepAlive, OptionalInt queues) {
        private static final int DAY = 86_400;
        private static final int HOUR = 3_600;
        private static final int QUEUES_MAX = 128;

        static Session parse(Map<String, String> volumeContext) {
            var loss = number(volumeContext, "ctrlLossTmo", -1, DAY);
            var reconnect = number(volumeContext, "reconnectDelay", 1, HOUR);
            var keepAlive = number(volumeContext, "keepAliveTmo", 0, HOUR);
            if (loss.orElse(0) > 0 && reconnect.orElse(0) > loss.getAsInt()) {
                throw new IllegalArgumentException("reconnectDelay " + reconnect.getAsInt()
                        + " is longer than ctrlLossTmo " + loss.getAsInt() + ": nothing would ever be tried again");
            }
            return new Session(
                    loss,
                    reconnect,
                    // 0, the Go driver's default, would mean to the kernel: never ask whether the target is alive.
                    keepAlive.orElse(0) == 0 ? OptionalInt.empty() : keepAlive,
                    number(volumeContext, "ioQueues", 1, QUEUES_MAX));
        }

        private static OptionalInt number(Map<String, String> map, String key, int least, int most) {
            var text = map.get(key);
            if (text == null || text.isEmpty()) return OptionalInt.empty();
            try {
                var number = Integer.parseInt(text);
                if (number >= least && number <= most) return OptionalInt.of(number);
            } catch (NumberFormatException _) {
                // said below
            }
            throw new IllegalArgumentException(
                    key + " must be a number from " + least + " to " + most + ": '" + text + "'");
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
        var session = Session.parse(volumeContext);
        var claimed = PublishContext.parse(publishContext);
        if (claimed.isPresent()) {
            refuseContradiction(claimed.get());
            return new Claimed(claimed.get(), uuid(claimed.get().hostId()), session);
        }
        var nqn = volumeContext.get("nqn");
        var address = volumeContext.get("nvmeAddress");
        if (nqn == null || address == null || address.isBlank()) {
            throw new IllegalArgumentException(
                    "there is no nvme_nqn in it, and no nqn and nvmeAddress in volume_context: ControllerPublishVolume must come first");
        }
        return new Legacy(address, port(volumeContext.getOrDefault("nvmePort", "4420")), new Nqn(nqn), session);
    }

    private static void refuseContradiction(PublishContext context) {
        if (!context.subsystem().text().endsWith("." + context.claim())) {
            throw new IllegalArgumentException(
                    "nvme_nqn " + context.subsystem() + " is not of claim " + context.claim());
        }
        if (!context.host().text().equals("nqn.2014-08.org.nvmexpress:uuid:" + context.hostId())) {
            throw new IllegalArgumentException(
                    "host_nqn " + context.host() + " does not hold host_id " + context.hostId());
        }
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
        /** Sequence numbers are seconds since 1970 at least, and a nonce has 8 characters of base32. */
        private static final Pattern MADE = Pattern.compile(Pattern.quote(PREFIX) + "(.+)\\.[0-9]{10,18}-[a-z2-7]{8}");

        private static final Pattern LEGACY_SLOT = Pattern.compile("pvc-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

        private Names() {}

        /**
         * Whose attachment {@code nqn} is the name of, if it is one that this driver's controller made: stricter than
         * {@link #of}, since nobody has said which volume it should be, and other disks of the appliance have names too.
         */
        static Optional<VolumeId> volume(String nqn) {
            var matcher = MADE.matcher(nqn);
            return matcher.matches() ? VolumeId.parse(matcher.group(1)) : Optional.empty();
        }

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
