package io.srvlab.rdscsi.metrics;

/** What ended the watch over a cut volume. */
public enum DrainEnd {
    /** Nothing in flight, by the appliance's own counters. */
    COUNTERS,
    /** The settle time, where the appliance does not count. */
    SETTLE,
    /** It was not shown to be drained; the volume stays cut. */
    FAILED
}
