package io.srvlab.rdscsi.metrics;

/** What became of an event for Kubernetes. */
public enum EventFate {
    POSTED,
    FAILED
}
