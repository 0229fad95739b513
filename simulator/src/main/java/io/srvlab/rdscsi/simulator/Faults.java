package io.srvlab.rdscsi.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Faults that wait for their line, in the order in which they were armed. */
final class Faults {
    private record Armed(Predicate<String> exec, Fault fault) {}

    private final List<Armed> armed = new ArrayList<>();

    synchronized void arm(Predicate<String> exec, Fault fault) {
        armed.add(new Armed(exec, fault));
    }

    /** Takes the first one for this line: it is used once. */
    synchronized @Nullable Fault take(String exec) {
        for (var candidate : armed) {
            if (candidate.exec().test(exec)) {
                armed.remove(candidate);
                return candidate.fault();
            }
        }
        return null;
    }

    /** Those whose line has not come yet. */
    synchronized List<Fault> waiting() {
        return armed.stream().map(Armed::fault).toList();
    }

    synchronized void clear() {
        armed.clear();
    }
}
