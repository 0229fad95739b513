package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.CommentTruncated;
import io.srvlab.rdscsi.simulator.personality.Personality.CountersStuck;
import io.srvlab.rdscsi.simulator.personality.Personality.InFlightMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.NqnFixed;
import io.srvlab.rdscsi.simulator.personality.Personality.SizeRounded;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code /disk} makes of what it is told and of what it is asked, on an appliance with ways of its own. */
record DiskTraits(Rules<Personality> personalities) {
    /** A new disk's settings as they are kept. */
    Map<String, @Nullable String> asWritten(String command, Map<String, @Nullable String> settings) {
        return asWritten(command, String.valueOf(settings.get(DiskSettings.SLOT)), settings);
    }

    /** Settings of the disk in this slot as they are kept. */
    Map<String, @Nullable String> asWritten(String command, String slot, Map<String, @Nullable String> settings) {
        var comment = settings.get(DiskSettings.COMMENT);
        if (comment == null) return settings;
        personalities
                .take(CommentTruncated.class, new Site.Item(command, slot))
                .filter(cut -> cut.characters() < comment.length())
                .ifPresent(cut -> settings.put(DiskSettings.COMMENT, comment.substring(0, cut.characters())));
        return settings;
    }

    /** Takes the NQN out of the changes, or refuses them, where it cannot change. */
    void mayChangeNqn(Disk before, Map<String, @Nullable String> changes) throws ConsoleError {
        var nqn = changes.get(DiskSettings.NQN);
        if (nqn == null || nqn.equals(before.nqn())) return;
        var fixed = personalities.take(NqnFixed.class, new Site.Item("/disk/set", before.slot()));
        if (fixed.isEmpty()) return;
        if (!fixed.get().silently()) throw Refusal.of(Refusal.NQN_FIXED);
        changes.remove(DiskSettings.NQN);
    }

    /** The size that a file gets for the one asked; more than zero. */
    long rounded(String slot, long asked) {
        return personalities
                .take(SizeRounded.class, Site.door(slot))
                .filter(rounds -> rounds.bytes() > 0)
                .map(rounds -> multiple(asked, rounds))
                .orElse(asked);
    }

    private static long multiple(long asked, SizeRounded rounds) {
        long below = asked / rounds.bytes() * rounds.bytes();
        boolean fits = below == asked || (!rounds.up() && below > 0);
        return fits ? below : below + rounds.bytes();
    }

    /** What {@code monitor-traffic} prints. */
    String report(String slot, Network.Counters counted) {
        var site = new Site.Item("/disk/monitor-traffic", slot);
        var shown = personalities.holds(CountersStuck.class, site) ? Network.Counters.NONE : counted;
        return TrafficReport.of(slot, shown, !personalities.holds(InFlightMissing.class, site));
    }
}
