package io.srvlab.rdscsi.simulator.device;

import java.io.IOException;
import java.util.List;

/** What the appliance's doors lead to. Its methods are called by the device, one at a time. */
public interface Network {
    /** No network: doors lead nowhere. */
    Network NONE = new Network() {
        @Override
        public void become(List<Door> doors) {}

        @Override
        public Counters traffic(long disk) {
            return Counters.NONE;
        }
    };

    /** Has exactly these doors open when it returns; those that are to close are closed first, at once, with all sessions. */
    void become(List<Door> doors) throws IOException;

    /** Has the disk's writes wait until this is closed; nothing where there are none. */
    default Hold hold(long disk) {
        return () -> {};
    }

    /** Writes wait until this is closed. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** What a disk has done since the start. */
    Counters traffic(long disk);

    /**
     * A disk's counters.
     *
     * @param inFlight operations begun and not ended, also those whose session was cut
     */
    record Counters(long inFlight, long reads, long readBytes, long writes, long writtenBytes, long flushes) {
        public static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0);

        Counters withMoreInFlight(long operations) {
            return new Counters(inFlight + operations, reads, readBytes, writes, writtenBytes, flushes);
        }
    }
}
