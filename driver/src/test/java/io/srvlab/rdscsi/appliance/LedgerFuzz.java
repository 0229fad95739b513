package io.srvlab.rdscsi.appliance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Whatever stands in a disk item's comment: it is nothing, somebody's words, damaged, of a later version, or a record that
 * is written as it was read and from which each next step can be taken.
 */
public final class LedgerFuzz {
    static final VolumeId VOLUME = new VolumeId("rds-abcdefghijklmnopqrstuvwxyz");
    static final Instant NOW = Instant.ofEpochSecond(1_795_000_000L);
    private static final Holder HOLDER = new Holder(new NodeName("node-1.example"), "0a1b2c3d");

    private static final long LAST = 999_999_999_999_999_999L;

    private LedgerFuzz() {}

    /** As it is, and with a check sum that fits, without which nothing behind that would ever be reached. */
    public static void fuzzerTestOneInput(byte[] data) {
        var text = new String(data, UTF_8);
        read(text);
        read(mended(text));
        salvage(text, Optional.empty());
        salvage(text, Optional.of("abcdefgh"));
    }

    private static void read(String comment) {
        if (!(Comment.of(Optional.of(comment), VOLUME) instanceof Comment.Recorded(var text, var ledger))) return;
        if (!text.equals(comment)) throw new AssertionError("the guard is another text: " + text);
        mustComeBack(ledger);
        mustComeBack(ledger.cut());
        mustComeBack(ledger.unlocked(NOW));
        var granted = ledger.granted(HOLDER, Access.NONE, NOW);
        mustComeBack(granted);
        if (granted.claim().seq() <= ledger.claim().seq()) throw new AssertionError("no later claim: " + granted);
        if (!granted.cluster().equals(ledger.cluster())) throw new AssertionError("another cluster's: " + granted);
    }

    private static void salvage(String damaged, Optional<String> cluster) {
        Ledger salvaged;
        try {
            salvaged = Ledger.salvaged(damaged, cluster, NOW);
        } catch (IllegalArgumentException e) {
            if (cluster.isPresent()) throw new AssertionError("the cluster was known", e);
            return;
        }
        mustComeBack(salvaged);
        if (!salvaged.holders().isEmpty() || salvaged.state() != Ledger.State.CUT)
            throw new AssertionError("more than was left of it: " + salvaged);
    }

    private static void mustComeBack(Ledger ledger) {
        // No claim could follow on this one, so it is not read. Only a number made up by hand comes to it.
        if (ledger.claim().seq() == LAST) return;
        var text = ledger.format(VOLUME);
        if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) throw new AssertionError("no command carries " + text);
        var again = Ledger.parse(text, VOLUME);
        if (!again.format(VOLUME).equals(text)) throw new AssertionError(text + " came back as " + again);
    }

    /** The same with the check sum of its record where the last field is. */
    static String mended(String comment) {
        int space = comment.indexOf(' ');
        var record = space < 0 ? comment : comment.substring(0, space);
        if (record.lastIndexOf(':') < 0) return comment;
        var body = record.substring(0, record.lastIndexOf(':'));
        var crc = new CRC32();
        crc.update((body + ":" + VOLUME.slot()).getBytes(UTF_8));
        return body + ":" + HexFormat.of().toHexDigits((int) crc.getValue())
                + (space < 0 ? "" : comment.substring(space));
    }
}
