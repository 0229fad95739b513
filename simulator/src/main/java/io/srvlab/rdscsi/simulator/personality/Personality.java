package io.srvlab.rdscsi.simulator.personality;

import java.time.Duration;

/**
 * One way in which an appliance may behave otherwise than the simulator does by itself. In a faults file each has the words
 * that {@link Traits} gives it.
 */
public sealed interface Personality {
    /** {@code nvme-tcp-server-allow-host-name} is kept and shown, and lets everybody in. */
    record ListIgnored() implements Personality {}

    /** {@code nvme-tcp-server-allow-host-name} is one name, whatever is in it: with two, separated by a comma, nobody gets in. */
    record OneNameOnly() implements Personality {}

    /** The NQN of an item that is there stays as it is: another one is refused, or taken {@code silently} and dropped. */
    record NqnFixed(boolean silently) implements Personality {}

    /** Export off lets nobody in any more; sessions that are there go on. */
    record ExportOffKeepsSessions() implements Personality {}

    /** A comment is cut to its first {@code characters} when it is written. */
    record CommentTruncated(int characters) implements Personality {}

    /** Between finding its items and the first change of one, a {@code set} or {@code remove} lets other sessions in, for so long. */
    record FindThenSet(Duration pause) implements Personality {}

    /** A file gets a multiple of so many bytes: the next one up, else the one below. */
    record SizeRounded(long bytes, boolean up) implements Personality {}

    /** A host is not told that its disk has grown; it sees it when it asks. */
    record ResizeNotAnnounced() implements Personality {}

    /** {@code monitor-traffic} has no {@code in-flight-ops}. */
    record InFlightMissing() implements Personality {}

    /** {@code monitor-traffic} shows zeroes, whatever there was. */
    record CountersStuck() implements Personality {}

    /** A line that fails answers its error with the exit status of a success. */
    record StatusZero() implements Personality {}

    /** When more than so many lines run at once, no line is answered any more until the next boot. */
    record SessionsHang(int most) implements Personality {}

    /** A request over REST is answered after so long that the session is closed; what it began goes on. */
    record RestCut(Duration after) implements Personality {}

    /** The pool has no room left, whatever is in it. */
    record PoolFull() implements Personality {}

    /** {@code /disk/copy} copies so many bytes a second. */
    record SlowCopy(long bytesPerSecond) implements Personality {}

    /** A reboot loses the last so many changes of disk items that were answered; files stay. */
    record RebootLoses(int changes) implements Personality {}

    /** From power off to power on a reboot takes so long. */
    record RebootTakes(Duration time) implements Personality {}

    /** Each time a disk is put on the network its namespace has another UUID. */
    record NewNamespaceId() implements Personality {}

    /** At boot the data path's port listens so long before any subsystem is back. */
    record ListensEarly(Duration before) implements Personality {}

    /** The first line after a boot takes so much longer. */
    record SlowStart(Duration by) implements Personality {}

    /** The package {@code rose-storage} is there and not enabled: no file disks, no exports. */
    record RoseStorageMissing() implements Personality {}
}
