package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.routeros.Row;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;

/**
 * A disk item as one read showed it.
 *
 * @param volume its slot
 * @param size what is there, which may be slightly more than what was asked
 * @param filePath absolute path of the backing file; empty if the item is no file disk
 * @param exported whether there is a door
 * @param subsystem NQN of that door, as text: what others wrote may be no valid NQN
 * @param allowed host NQNs admitted, joined by commas; empty admits any host
 * @param comment whose the item is
 */
public record Disk(
        VolumeId volume,
        Bytes size,
        String filePath,
        boolean exported,
        String subsystem,
        String allowed,
        Comment comment) {
    /** The properties that it is made of. */
    public static final List<String> PROPERTIES = List.of(
            "slot",
            "size",
            "file-path",
            "nvme-tcp-export",
            "nvme-tcp-server-nqn",
            "nvme-tcp-server-allow-host-name",
            "comment");

    /**
     * Reads a row of {@code /disk/print}.
     *
     * @throws IllegalArgumentException naming the property that is missing or wrong: a row that does not say whether the
     *     item is exported is no answer
     */
    static Disk of(Row row) {
        var slot = need(row, "slot");
        var volume = VolumeId.parse(slot)
                .orElseThrow(() -> new IllegalArgumentException("slot '" + slot + "' is no volume id"));
        return new Disk(
                volume,
                new Bytes(row.number("size").orElse(0)),
                row.text("file-path").orElse(""),
                row.flag("nvme-tcp-export")
                        .orElseThrow(() ->
                                new IllegalArgumentException("the row of slot '" + slot + "' has no nvme-tcp-export")),
                row.text("nvme-tcp-server-nqn").orElse(""),
                row.text("nvme-tcp-server-allow-host-name").orElse(""),
                Comment.of(row.text("comment"), volume));
    }

    /** Whether name and list are exactly those of {@code ledger}'s claim and holders, be the export on or off. */
    public boolean fits(Ledger ledger) {
        return allowed.equals(ledger.admitted())
                && subsystem.equals(ledger.claim().subsystem(volume).text());
    }

    /** Whether there is a door, and not the one that its record gives. */
    public boolean strayDoor() {
        return exported
                && !(comment instanceof Comment.Recorded(var _, var ledger)
                        && ledger.state() == Ledger.State.HELD
                        && fits(ledger));
    }

    /** This item with the door that its record says it has, for an appliance whose doors are not to be relied on. */
    public Disk asRecorded() {
        if (!(comment instanceof Comment.Recorded(var _, var ledger))) return this;
        return new Disk(
                volume,
                size,
                filePath,
                ledger.state() == Ledger.State.HELD,
                ledger.claim().subsystem(volume).text(),
                ledger.admitted(),
                comment);
    }

    /** What a person sees of the door: {@code export on, nqn …, hosts …}. */
    public String door() {
        return exported
                ? "export on, nqn " + subsystem + ", hosts " + (allowed.isEmpty() ? "any" : allowed)
                : "export off";
    }

    private static String need(Row row, String property) {
        return row.text(property).orElseThrow(() -> new IllegalArgumentException("a row has no " + property));
    }
}
