package io.srvlab.rdscsi.simulator.personality;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Rules in force, in the order in which they were given. The first that holds is the one; those behind it do not count that time. */
public final class Rules<T> {
    private final List<Armed> armed = new ArrayList<>();

    private final class Armed {
        private final T what;
        private final Predicate<? super Site> where;
        private final When when;
        private final long since = System.nanoTime();
        private int seen;
        private int used;

        Armed(T what, Predicate<? super Site> where, When when) {
            this.what = what;
            this.where = where;
            this.when = when;
        }

        boolean takes(Site site) {
            if (!where.test(site)) return false;
            seen++;
            boolean holds = when.holds(seen, used, Duration.ofNanos(System.nanoTime() - since));
            if (holds) used++;
            return holds;
        }

        boolean isOver() {
            return used == when.times();
        }
    }

    /** Has it hold from now on. */
    public synchronized void arm(T what, Predicate<? super Site> where, When when) {
        armed.add(new Armed(what, where, when));
    }

    public void arm(Rule<T> rule) {
        arm(rule.what(), rule.where(), rule.when());
    }

    /** What holds here and now of this kind. It is used: whoever asks must act on it. */
    public synchronized <S extends T> Optional<S> take(Class<S> kind, Site site) {
        var taken = armed.stream()
                .filter(rule -> kind.isInstance(rule.what) && rule.takes(site))
                .findFirst();
        taken.filter(Armed::isOver).ifPresent(armed::remove);
        return taken.map(rule -> kind.cast(rule.what));
    }

    /** Whether it holds here and now. It is used. */
    public boolean holds(Class<? extends T> kind, Site site) {
        return take(kind, site).isPresent();
    }

    /** Those that have not been used up. */
    public synchronized List<T> waiting() {
        return armed.stream().map(rule -> rule.what).toList();
    }

    public synchronized void clear() {
        armed.clear();
    }
}
