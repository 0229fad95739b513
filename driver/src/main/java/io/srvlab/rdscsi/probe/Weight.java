package io.srvlab.rdscsi.probe;

/** What rests on a belief. */
public enum Weight {
    /** The promise that a volume has one writer. */
    NEEDED,
    /** Something that the driver offers; without it, it offers less, or waits longer. */
    LIMIT,
    /** Nothing: for people who read the report. */
    NOTE
}
