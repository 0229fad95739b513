package io.srvlab.rdscsi.nvme.wire;

/** Who sends. */
public enum Side {
    HOST,
    CONTROLLER
}
