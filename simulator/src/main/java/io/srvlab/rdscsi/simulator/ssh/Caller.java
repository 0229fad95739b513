package io.srvlab.rdscsi.simulator.ssh;

/**
 * Whose exec it is.
 *
 * @param user who logged in
 * @param first whether it is the first exec of its connection
 */
public record Caller(String user, boolean first) {}
