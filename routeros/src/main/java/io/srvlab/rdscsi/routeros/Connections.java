package io.srvlab.rdscsi.routeros;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connection of the moment: made when first needed, shared, and replaced when it is retired or dead. */
final class Connections {
    private final Dialer dialer;
    /** Held while a connection is made, so that one is made for all who wait. */
    private final ReentrantLock making = new ReentrantLock(true);

    private volatile @Nullable Connection current;
    private volatile boolean closed;

    Connections(Dialer dialer) {
        this.dialer = dialer;
    }

    /** A connection that the caller is in, and must leave. */
    Connection enter(Patience patience) throws NotSent, InterruptedException {
        var usable = entered();
        if (usable != null) return usable;
        if (!making.tryLock(patience.left().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new NotSent("no connection yet after " + patience.spent() + ", while another script was connecting");
        }
        try {
            usable = entered();
            if (usable != null) return usable;
            if (closed) throw closed();
            var made = dialer.dial(patience);
            current = made;
            // Whoever closes sets the flag first and looks at the connection then, so one of the two closes it.
            if (closed) made.close();
            if (!made.enter()) throw closed ? closed() : new NotSent("the connection was lost as soon as it was made");
            return made;
        } finally {
            making.unlock();
        }
    }

    void close() {
        closed = true;
        var last = current;
        if (last != null) last.close();
        dialer.close();
    }

    private @Nullable Connection entered() {
        var now = current;
        return now != null && now.enter() ? now : null;
    }

    private static NotSent closed() {
        return new NotSent("this way in was closed");
    }
}
