package io.srvlab.rdscsi.appliance;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Row;
import io.srvlab.rdscsi.routeros.Rows;
import io.srvlab.rdscsi.routeros.Script;
import io.srvlab.rdscsi.routeros.UnreadableReply;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads disk items by the names of the properties that {@link Disk} is made of: half the bytes, and none of an item's secrets.
 * What an appliance makes of such names is believed only once it was seen: the first read of one item that is there asks both ways,
 * in one command line, and only where both say the same of an item that has every one of them are names used, on that version of RouterOS. An appliance that refuses them
 * is asked without. A command line that changes something never has any: it must not fail for them.
 */
final class DiskReads {
    private static final Logger log = LoggerFactory.getLogger(DiskReads.class);

    private final Supplier<Optional<String>> version;
    private volatile Seen seen = new Seen(Optional.empty(), Standing.UNTRIED);

    private enum Standing {
        UNTRIED,
        SAME,
        NOT_TO_BE_USED
    }

    /** What names are worth on this version. */
    private record Seen(Optional<String> version, Standing standing) {}

    /** @param version of RouterOS, as far as it is known */
    DiskReads(Supplier<Optional<String>> version) {
        this.version = version;
    }

    /** The items that match, as the one line of a {@link Reply.Done}; each with what {@link Disk} is made of, at least. */
    Reply items(RouterOs way, Filter where, Deadline deadline) {
        var now = version.get();
        // To try it here would make a long answer longer.
        return standing(now) == Standing.UNTRIED
                ? way.run(Script.of(Command.printJson(Appliance.DISK, where)), deadline)
                : run(way, where, now, deadline);
    }

    /** As {@link #items}, of one item or none. */
    Reply item(RouterOs way, Filter where, Deadline deadline) {
        return run(way, where, version.get(), deadline);
    }

    private Standing standing(Optional<String> now) {
        var last = seen;
        return last.version().equals(now) ? last.standing() : Standing.UNTRIED;
    }

    private Reply run(RouterOs way, Filter where, Optional<String> now, Deadline deadline) {
        var whole = Command.printJson(Appliance.DISK, where);
        var named = Command.printJson(Appliance.DISK, where, Disk.PROPERTIES);
        var standing = standing(now);
        var script = switch (standing) {
            case UNTRIED -> Script.of(whole, named);
            case SAME -> Script.of(named);
            case NOT_TO_BE_USED -> Script.of(whole);
        };
        var reply = way.run(script, deadline);
        if (standing != Standing.NOT_TO_BE_USED && refusesNames(reply)) {
            doWithout(now, reply.toString());
            return way.run(Script.of(whole), deadline);
        }
        return standing == Standing.UNTRIED && reply instanceof Reply.Done(var lines) ? tried(now, lines) : reply;
    }

    private static boolean refusesNames(Reply reply) {
        return reply instanceof Reply.Refused(var text)
                && Appliance.NO_SUCH_WORD.matcher(text).find();
    }

    private Reply tried(Optional<String> now, List<String> lines) {
        if (lines.size() < 2) return new Reply.Done(lines);
        try {
            var whole = Rows.parse(lines.getFirst());
            var named = Rows.parse(lines.getLast());
            if (!same(whole, named)) doWithout(now, "it answers otherwise than without them");
            else if (whole.stream().anyMatch(DiskReads::hasAll)) seen = new Seen(now, Standing.SAME);
        } catch (UnreadableReply e) {
            doWithout(now, String.valueOf(e.getMessage()));
        }
        return new Reply.Done(lines.subList(0, 1));
    }

    private void doWithout(Optional<String> now, String why) {
        log.info(
                "disk items are read with all their properties, since the appliance does not give those named: {}",
                why);
        seen = new Seen(now, Standing.NOT_TO_BE_USED);
    }

    /** A property that the item does not have anyway shows nothing of whether its name would have given it. */
    private static boolean hasAll(Row whole) {
        return Disk.PROPERTIES.stream().allMatch(name -> whole.text(name).isPresent());
    }

    private static boolean same(List<Row> whole, List<Row> named) {
        if (whole.size() != named.size()) return false;
        for (int i = 0; i < whole.size(); i++) {
            var all = whole.get(i);
            var some = named.get(i);
            if (!Disk.PROPERTIES.stream().allMatch(name -> all.text(name).equals(some.text(name)))) return false;
        }
        return true;
    }
}
