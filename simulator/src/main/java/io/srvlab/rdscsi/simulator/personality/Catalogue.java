package io.srvlab.rdscsi.simulator.personality;

import io.srvlab.rdscsi.simulator.personality.Personality.CommentTruncated;
import io.srvlab.rdscsi.simulator.personality.Personality.CountersStuck;
import io.srvlab.rdscsi.simulator.personality.Personality.ExportOffKeepsSessions;
import io.srvlab.rdscsi.simulator.personality.Personality.FindThenSet;
import io.srvlab.rdscsi.simulator.personality.Personality.InFlightMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.ListIgnored;
import io.srvlab.rdscsi.simulator.personality.Personality.ListensEarly;
import io.srvlab.rdscsi.simulator.personality.Personality.NewNamespaceId;
import io.srvlab.rdscsi.simulator.personality.Personality.NqnFixed;
import io.srvlab.rdscsi.simulator.personality.Personality.OneNameOnly;
import io.srvlab.rdscsi.simulator.personality.Personality.PoolFull;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootLoses;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootTakes;
import io.srvlab.rdscsi.simulator.personality.Personality.ResizeNotAnnounced;
import io.srvlab.rdscsi.simulator.personality.Personality.RestCut;
import io.srvlab.rdscsi.simulator.personality.Personality.RoseStorageMissing;
import io.srvlab.rdscsi.simulator.personality.Personality.SessionsHang;
import io.srvlab.rdscsi.simulator.personality.Personality.SizeRounded;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowCopy;
import io.srvlab.rdscsi.simulator.personality.Personality.SlowStart;
import io.srvlab.rdscsi.simulator.personality.Personality.StatusZero;
import java.time.Duration;
import java.util.List;

/**
 * Every personality, with arguments under which it shows within a moment, and two where the argument makes two kinds of it: for
 * whoever has to bear them all.
 */
public final class Catalogue {
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final long ROUND = 65_536;

    private Catalogue() {}

    /** All of them. */
    public static List<Personality> all() {
        return List.of(
                new ListIgnored(),
                new OneNameOnly(),
                new NqnFixed(false),
                new NqnFixed(true),
                new ExportOffKeepsSessions(),
                new CommentTruncated(60),
                new CommentTruncated(240),
                new FindThenSet(MOMENT),
                new SizeRounded(ROUND, true),
                new SizeRounded(ROUND, false),
                new ResizeNotAnnounced(),
                new InFlightMissing(),
                new CountersStuck(),
                new StatusZero(),
                new SessionsHang(3),
                new RestCut(MOMENT),
                new PoolFull(),
                new SlowCopy(600_000),
                new RebootLoses(3),
                new RebootTakes(MOMENT),
                new NewNamespaceId(),
                new ListensEarly(MOMENT),
                new SlowStart(MOMENT),
                new RoseStorageMissing());
    }
}
