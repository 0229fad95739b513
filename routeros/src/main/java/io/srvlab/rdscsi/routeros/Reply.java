package io.srvlab.rdscsi.routeros;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What came of one script. A failure is a value, so that no caller can take "could not ask" for "not there". */
public sealed interface Reply {
    /**
     * The script ran to its end: its own mark was read back.
     *
     * @param lines what its commands printed, in order, one entry per {@code :put}, without line ends and without the mark
     */
    record Done(List<String> lines) implements Reply {
        public Done {
            lines = List.copyOf(lines);
        }
    }

    /** RouterOS refused a command and said why; commands of the script before that one took effect. */
    record Refused(String text) implements Reply {}

    /** A command named an item that is not there ({@code no such item}). */
    record NotThere(String text) implements Reply {}

    /**
     * The user may not do what was asked.
     *
     * @param text in RouterOS' words, which name no policy
     * @param policies those that the script needs; at least one of them is missing
     * @param grant the RouterOS line that gives the user's group all that this driver ever needs
     */
    record NotAllowed(String text, SortedSet<String> policies, String grant) implements Reply {
        public NotAllowed {
            policies = Collections.unmodifiableSortedSet(new TreeSet<>(policies));
        }
    }

    /** There is no room left for what was asked. */
    record Full(String text) implements Reply {}

    /** What was asked is in use or busy just now, says RouterOS; later it may go. */
    record Busy(String text) implements Reply {}

    /**
     * No whole answer came. What the appliance did is unknown unless {@code fate} says that nothing was sent.
     *
     * @param tried what was attempted, for the operator: {@code ssh rds-csi@10.0.0.1:22}, {@code rest rds-csi@10.0.0.1:443}
     * @param why what went wrong and, where known, what to do
     */
    record CouldNotAsk(String tried, String why, Fate fate) implements Reply {}

    /** Whether a script that brought no answer may have run. */
    enum Fate {
        /** Nothing of the script left this process, or the appliance did not let it in: nothing has changed. */
        NOT_SENT,
        /** It may have run, wholly or in part, or may still be running: read before deciding. */
        UNKNOWN
    }
}
