package io.srvlab.rdscsi.metrics;

/** How a live migration ended. */
public enum MigrationEnd {
    COMPLETED,
    FAILED
}
