package io.srvlab.rdscsi.simulator;

import java.time.Instant;

/**
 * A command line as it was received, and what came of it.
 *
 * @param at when it took effect, or when it was dropped
 * @param output what it printed, whether or not a client got to see it; empty if it was never run
 * @param failed whether its last line failed; also true if it was never run
 */
public record Exec(Instant at, String text, String output, boolean failed) {}
