package io.srvlab.rdscsi.volume;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What ControllerPublishVolume tells the node: where the volume's door is, its name, and under which name the node has
 * to knock. Both ends build it from this one type, so they share one vocabulary.
 *
 * @param address IP address or host name of the appliance's NVMe/TCP portal
 * @param port TCP port of that portal, usually 4420
 * @param subsystem NQN of this attachment, used for no other before or after
 * @param fsType filesystem to find or make ({@code ext4}, {@code xfs}, {@code btrfs}); empty for a raw block volume
 * @param host host NQN that the appliance admits
 * @param hostId the UUID in {@code host}
 * @param claim which attachment this is, {@code <seq>-<nonce>}
 */
public record PublishContext(
        String address, int port, Nqn subsystem, String fsType, Nqn host, String hostId, String claim) {
    /** What an address may look like. */
    public static final String ADDRESS = "[A-Za-z0-9.:%_-]{1,253}";

    public PublishContext {
        // The address ends up in a kernel option string, where a comma would begin the next option.
        if (!address.matches(ADDRESS)) {
            throw new IllegalArgumentException("nvme_address is no address: '" + address + "'");
        }
        if (port < 1 || port > 65535) throw new IllegalArgumentException("nvme_port is no TCP port: " + port);
    }

    /** The map as CSI carries it; {@link #parse} reads the same back. */
    public Map<String, String> asMap() {
        var map = new LinkedHashMap<String, String>();
        map.put("nvme_address", address);
        map.put("nvme_port", Integer.toString(port));
        map.put("nvme_nqn", subsystem.text());
        map.put("fs_type", fsType);
        map.put("host_nqn", host.text());
        map.put("host_id", hostId);
        map.put("claim", claim);
        return map;
    }

    /**
     * Reads what {@link #asMap} wrote; keys it does not know are ignored.
     *
     * @return nothing if {@code map} has no {@code nvme_nqn}: then it is no publish context of this driver
     * @throws IllegalArgumentException naming the key that is missing or wrong
     */
    public static Optional<PublishContext> parse(Map<String, String> map) {
        if (!map.containsKey("nvme_nqn")) return Optional.empty();
        return Optional.of(new PublishContext(
                need(map, "nvme_address"),
                port(need(map, "nvme_port")),
                new Nqn(need(map, "nvme_nqn")),
                need(map, "fs_type"),
                new Nqn(need(map, "host_nqn")),
                need(map, "host_id"),
                need(map, "claim")));
    }

    private static String need(Map<String, String> map, String key) {
        var value = map.get(key);
        if (value == null) throw new IllegalArgumentException("publish_context has no " + key);
        return value;
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("nvme_port is no number: '" + text + "'", e);
        }
    }
}
