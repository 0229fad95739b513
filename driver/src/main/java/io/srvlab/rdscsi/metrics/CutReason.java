package io.srvlab.rdscsi.metrics;

/** Why the appliance was told to let a volume's host in no longer. */
public enum CutReason {
    /** ControllerUnpublishVolume asked for it. */
    UNPUBLISH,
    /** The holder is gone, and another node asked for the volume. */
    TAKEOVER,
    /** Record and export did not fit each other. */
    TORN,
    /** A person asked for it. */
    OPERATOR
}
