package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.ShortHash;
import io.srvlab.rdscsi.volume.VolumeId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * What a disk item records, in its {@code comment}, of its own attachment:
 * {@code rc1:<cluster>:<seq>-<nonce>:<state>:<class>:<holders>:<barred>:<spec>:<choice>:<name>:<crc>}, and after a space the
 * operator's own text, which is kept. Empty lists are {@code -}. The check sum covers the slot too, so that a copied item
 * does not pass for ours.
 *
 * @param cluster {@link ClusterId#mark} of the cluster that the volume belongs to
 * @param claim of the attachment that {@code state} speaks of
 * @param holders at most 2; empty unless held
 * @param barred uid8s of nodes that may not come back within this claim
 * @param spec hash of what the volume was asked for; the same request again is recognised by it
 * @param name the CSI name as {@link #nameField} writes it
 * @param note the operator's text, or empty
 */
public record Ledger(
        String cluster,
        Claim claim,
        State state,
        Access access,
        List<Holder> holders,
        List<String> barred,
        String spec,
        String name,
        String note) {
    private static final String VERSION = "rc1";
    private static final String EMPTY = "-";
    private static final Pattern HASH = Pattern.compile("[a-z2-7]{8}");
    private static final Pattern UID8 = Pattern.compile("[0-9a-f]{8}");
    private static final Pattern SPEC = Pattern.compile("-|[a-z2-7]{8}");
    private static final Pattern NAME = Pattern.compile("-|[A-Za-z0-9.@_-]{2,64}|\\+[a-z2-7]{26}");
    /** How many nodes may share a volume: what a live migration needs. */
    public static final int HOLDERS_MAX = 2;

    /** Where the attachment stands. */
    public enum State {
        FREE('f'),
        /** With the export off: a grant that was not finished. */
        HELD('h'),
        /** Cut, and not shown to be drained. */
        CUT('x'),
        LOCKED('k');

        private final char letter;

        State(char letter) {
            this.letter = letter;
        }

        private static State parse(String letter) {
            for (var state : values()) {
                if (letter.equals(String.valueOf(state.letter))) return state;
            }
            throw new IllegalArgumentException("state '" + letter + "' is not known to this version");
        }
    }

    public Ledger {
        holders = List.copyOf(holders);
        barred = List.copyOf(barred);
        if (holders.size() > HOLDERS_MAX) throw new IllegalArgumentException("more than " + HOLDERS_MAX + " holders");
        if ((state == State.HELD) == holders.isEmpty())
            throw new IllegalArgumentException("held and without holders, or the reverse");
        require(HASH, cluster);
        barred.forEach(uid8 -> require(UID8, uid8));
        require(SPEC, spec);
        require(NAME, name);
    }

    private static void require(Pattern shape, String field) {
        if (!shape.matcher(field).matches()) throw new IllegalArgumentException("field '" + field + "' is no " + shape);
    }

    /** The record of a volume that is made now and that nobody holds. */
    public static Ledger created(ClusterId cluster, String csiName, VolumeId volume, String spec, Instant now) {
        return new Ledger(
                cluster.mark(),
                Claim.first(now),
                State.FREE,
                Access.NONE,
                List.of(),
                List.of(),
                spec,
                nameField(csiName, volume),
                "");
    }

    /** A new claim, held by {@code holder}. */
    public Ledger granted(Holder holder, Access how, Instant now) {
        return new Ledger(cluster, claim.next(now), State.HELD, how, List.of(holder), List.of(), spec, name, note);
    }

    /** The same claim, which {@code holder} shares from now on. */
    public Ledger joined(Holder holder) {
        var both = Stream.concat(holders.stream(), Stream.of(holder)).toList();
        return new Ledger(cluster, claim, state, access, both, barred, spec, name, note);
    }

    /** The same claim, which {@code leaver} has left in good order. */
    public Ledger left(Holder leaver) {
        return new Ledger(cluster, claim, state, access, without(leaver), barred, spec, name, note);
    }

    /** The same claim, from which {@code leaver} was put out: it may not come back within this claim. */
    public Ledger bounced(Holder leaver) {
        var out = Stream.concat(barred.stream(), Stream.of(leaver.uid8())).toList();
        return new Ledger(cluster, claim, state, access, without(leaver), out, spec, name, note);
    }

    /** The same claim, ended: nobody holds it, and what the appliance had accepted may still land. */
    public Ledger cut() {
        return ended(State.CUT);
    }

    /** The same claim, ended and drained. */
    public Ledger freed() {
        return ended(State.FREE);
    }

    /** The same claim, ended: nobody is let in until the operator unlocks it. */
    public Ledger locked() {
        return ended(State.LOCKED);
    }

    /** Open to be granted again once it is drained, under a new number. */
    public Ledger unlocked(Instant now) {
        return cut().renumbered(now);
    }

    /** The same state under a new number, so that a late write that expects the old one matches nothing. */
    public Ledger renumbered(Instant now) {
        return new Ledger(cluster, claim.next(now), state, access, holders, barred, spec, name, note);
    }

    private Ledger ended(State how) {
        return new Ledger(cluster, claim, how, Access.NONE, List.of(), List.of(), spec, name, note);
    }

    private List<Holder> without(Holder leaver) {
        return holders.stream().filter(holder -> !holder.equals(leaver)).toList();
    }

    /** The holders as hosts, in their order. */
    public List<Host> hosts() {
        return holders.stream().map(holder -> Host.of(cluster, holder)).toList();
    }

    /** The list of host NQNs that admits the holders and nobody else, as the appliance takes it. */
    public String admitted() {
        return hosts().stream().map(host -> host.nqn().text()).collect(Collectors.joining(","));
    }

    /** The holder on {@code node}, under whatever UID. */
    public Optional<Holder> holderOn(NodeName node) {
        return holders.stream().filter(holder -> holder.node().equals(node)).findFirst();
    }

    /** The holders' node names, for people: {@code a}, or {@code a and b}. */
    public String holderNames() {
        return holders.stream().map(holder -> holder.node().text()).collect(Collectors.joining(" and "));
    }

    /** The name as the ledger has it: {@code -} where the slot says it, the name itself where it is plain, else a hash. */
    public static String nameField(String csiName, VolumeId volume) {
        if (csiName.equals(volume.slot())) return EMPTY;
        return csiName.matches("[A-Za-z0-9.@_-]{2,64}") ? csiName : "+" + ShortHash.of(26, "name", csiName);
    }

    /** A regular expression that matches the comment of every item that {@code holder} holds, and of no other. */
    static String heldByPattern(String clusterMark, Holder holder) {
        return "^" + VERSION + ":" + clusterMark + ":[^:]*:h:[^ ]*[:,]"
                + holder.toString().replace(".", "[.]");
    }

    /** The comment as it is written on the item in {@code volume}'s slot. */
    public String format(VolumeId volume) {
        var record = String.join(
                ":",
                VERSION,
                cluster,
                claim.toString(),
                String.valueOf(state.letter),
                String.valueOf(access.letter()),
                joined(holders),
                joined(barred),
                spec,
                access.choice(),
                name);
        // No command can carry other characters: RouterOS loses them, and they break its parsing.
        var plainNote = note.replaceAll("[^ -~]", "?");
        return record + ":" + checksum(record, volume) + (note.isEmpty() ? "" : " " + plainNote);
    }

    /** Whether {@code comment} claims to be a record of this format, readable or not. */
    static boolean claimsToBe(String comment) {
        return comment.startsWith(VERSION + ":");
    }

    /**
     * Reads what {@link #format} wrote for the same slot.
     *
     * @throws IllegalArgumentException saying how it is damaged
     * @throws Newer if it is whole, and says something that this version does not know
     */
    static Ledger parse(String comment, VolumeId volume) {
        int space = comment.indexOf(' ');
        var record = space < 0 ? comment : comment.substring(0, space);
        var fields = record.split(":", -1);
        if (fields.length != 11)
            throw new IllegalArgumentException("it has " + fields.length + " fields instead of 11");
        if (!fields[0].equals(VERSION)) throw new IllegalArgumentException("it is of version " + fields[0]);
        if (!checksum(record.substring(0, record.lastIndexOf(':')), volume).equals(fields[10])) {
            throw new IllegalArgumentException(
                    "its check sum does not fit (cut short, edited, or copied from another item)");
        }
        try {
            return whole(fields, space < 0 ? "" : comment.substring(space + 1));
        } catch (IllegalArgumentException e) {
            throw new Newer(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * A record for a volume whose own is damaged, made of what can still be read of that: nobody holds it, it is to be
     * drained, and it has a number that was never used. What it was asked for is not known any more.
     *
     * @param clusterMark of the cluster that the volume belongs to, where the damaged record does not say so
     * @throws IllegalArgumentException if nothing says which cluster the volume belongs to
     */
    public static Ledger salvaged(String damaged, Optional<String> clusterMark, Instant now) {
        var fields = damaged.split(" ", 2)[0].split(":", -1);
        var cluster = clusterMark
                .or(() -> field(fields, 1).filter(HASH.asMatchPredicate()))
                .orElseThrow(() -> new IllegalArgumentException("it does not say which cluster the volume belongs to"));
        var claim = field(fields, 2)
                .flatMap(Claim::tryParse)
                .map(last -> last.next(now))
                .orElseGet(() -> Claim.first(now));
        var spec = field(fields, 7).filter(SPEC.asMatchPredicate()).orElse(EMPTY);
        var name = field(fields, 9).filter(NAME.asMatchPredicate()).orElse(EMPTY);
        var note = damaged.contains(" ") ? damaged.split(" ", 2)[1] : "";
        return new Ledger(cluster, claim, State.CUT, Access.NONE, List.of(), List.of(), spec, name, note);
    }

    private static Optional<String> field(String[] fields, int index) {
        return index < fields.length ? Optional.of(fields[index]) : Optional.empty();
    }

    /** A record whose check sum fits and that this version cannot read: a later one wrote it. */
    static final class Newer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Newer(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static Ledger whole(String[] fields, String note) {
        return new Ledger(
                fields[1],
                Claim.parse(fields[2]),
                State.parse(fields[3]),
                Access.parse(fields[4], fields[8]),
                list(fields[5]).stream().map(Holder::parse).toList(),
                list(fields[6]),
                fields[7],
                fields[9],
                note);
    }

    private static String joined(List<?> items) {
        return items.isEmpty() ? EMPTY : items.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static List<String> list(String field) {
        return field.equals(EMPTY) ? List.of() : Arrays.asList(field.split(",", -1));
    }

    private static String checksum(String record, VolumeId volume) {
        var crc = new CRC32();
        crc.update((record + ":" + volume.slot()).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
