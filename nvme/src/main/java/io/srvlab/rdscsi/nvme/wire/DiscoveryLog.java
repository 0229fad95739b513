package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Which subsystems a host finds, and where.
 *
 * @param generation goes up when the log changes
 */
public record DiscoveryLog(long generation, List<Entry> entries) {
    /** The subsystem that answers with this log. */
    public static final String SUBSYSTEM = "nqn.2014-08.org.nvmexpress.discovery";

    public static final int ENTRY_BYTES = 1024;

    /** The most entries that are read. */
    public static final int ENTRIES_MAX = 4096;

    private static final int TCP = 3;
    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int NVM_SUBSYSTEM = 2;

    /**
     * One subsystem's way in.
     *
     * @param address IPv4 or IPv6 as text
     * @param port as text
     */
    public record Entry(String subsystem, String address, String port) {}

    public DiscoveryLog {
        entries = List.copyOf(entries);
    }

    /** The log's header and all its entries. */
    public ByteBuffer bytes() {
        var to = ByteBuffer.allocate(ENTRY_BYTES * (1 + entries.size())).order(ByteOrder.LITTLE_ENDIAN);
        to.putLong(0, generation).putLong(8, entries.size());
        int at = ENTRY_BYTES;
        for (var entry : entries) {
            to.put(at, (byte) TCP).put(at + 1, (byte) (entry.address.contains(":") ? IPV6 : IPV4));
            to.put(at + 2, (byte) NVM_SUBSYSTEM);
            to.putShort(at + 4, (short) 1).putShort(at + 6, (short) ConnectData.ANY_CONTROLLER);
            to.putShort(at + 8, (short) 32);
            Text.put(to, at + 32, 32, entry.port, '\0');
            Text.put(to, at + 256, 256, entry.subsystem, '\0');
            Text.put(to, at + 512, 256, entry.address, '\0');
            at += ENTRY_BYTES;
        }
        return to;
    }

    /** How many entries a log has, from its header. */
    public static int count(ByteBuffer header) throws ProtocolError {
        long count = header.slice().order(ByteOrder.LITTLE_ENDIAN).getLong(8);
        if (count < 0 || count > ENTRIES_MAX) throw ProtocolError.limit(8, "a discovery log of " + count + " entries");
        return (int) count;
    }

    /** All of a log; entries of other transports than TCP, and those that name no subsystem, are left out. */
    public static DiscoveryLog read(ByteBuffer data) throws ProtocolError {
        int count = count(data);
        if (data.remaining() < ENTRY_BYTES * (1 + count)) {
            throw ProtocolError.range(8, "%d entries in %d bytes".formatted(count, data.remaining()));
        }
        var from = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        var entries = new ArrayList<Entry>();
        for (int at = ENTRY_BYTES; at < ENTRY_BYTES * (1 + count); at += ENTRY_BYTES) {
            if (from.get(at) != TCP || from.get(at + 2) != NVM_SUBSYSTEM) continue;
            entries.add(new Entry(
                    Text.get(from, at + 256, 256), Text.get(from, at + 512, 256), Text.get(from, at + 32, 32)));
        }
        return new DiscoveryLog(from.getLong(0), entries);
    }
}
