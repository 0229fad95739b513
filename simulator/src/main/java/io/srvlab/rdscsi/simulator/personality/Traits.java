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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The words for each personality in a faults file: a name, and an argument where it has one. */
public final class Traits {
    private static final Map<String, Function<String, Personality>> BY_NAME = new LinkedHashMap<>();

    static {
        plain("list-ignored", new ListIgnored());
        plain("one-name-only", new OneNameOnly());
        BY_NAME.put("nqn-fixed", word -> new NqnFixed(either(word, "refused", "silently")));
        plain("export-off-keeps-sessions", new ExportOffKeepsSessions());
        BY_NAME.put("comment-truncated", word -> new CommentTruncated((int) Words.count(word)));
        BY_NAME.put("find-then-set", word -> new FindThenSet(Words.duration(word)));
        BY_NAME.put("size-rounded-up", word -> new SizeRounded(Words.count(word), true));
        BY_NAME.put("size-rounded-down", word -> new SizeRounded(Words.count(word), false));
        plain("resize-not-announced", new ResizeNotAnnounced());
        plain("in-flight-missing", new InFlightMissing());
        plain("counters-stuck", new CountersStuck());
        plain("status-zero", new StatusZero());
        BY_NAME.put("sessions-hang", word -> new SessionsHang((int) Words.count(word)));
        BY_NAME.put("rest-cut", word -> new RestCut(Words.duration(word)));
        plain("pool-full", new PoolFull());
        BY_NAME.put("slow-copy", word -> new SlowCopy(Words.count(word)));
        BY_NAME.put("reboot-loses", word -> new RebootLoses((int) Words.count(word)));
        BY_NAME.put("reboot-takes", word -> new RebootTakes(Words.duration(word)));
        plain("new-namespace-id", new NewNamespaceId());
        BY_NAME.put("listens-early", word -> new ListensEarly(Words.duration(word)));
        BY_NAME.put("slow-start", word -> new SlowStart(Words.duration(word)));
        plain("rose-storage-missing", new RoseStorageMissing());
    }

    private Traits() {}

    /** All names. */
    public static Set<String> names() {
        return Set.copyOf(BY_NAME.keySet());
    }

    /**
     * The personality of this name; empty if there is none.
     *
     * @throws IllegalArgumentException the argument is not what this one takes
     */
    public static Optional<Personality> parse(String name, String argument) {
        return Optional.ofNullable(BY_NAME.get(name)).map(made -> made.apply(argument));
    }

    private static void plain(String name, Personality personality) {
        BY_NAME.put(name, argument -> {
            if (!argument.isEmpty()) throw new IllegalArgumentException(name + " takes nothing: " + argument);
            return personality;
        });
    }

    private static boolean either(String word, String first, String second) {
        if (word.isEmpty() || word.equals(first)) return false;
        if (word.equals(second)) return true;
        throw new IllegalArgumentException("neither " + first + " nor " + second + ": " + word);
    }
}
