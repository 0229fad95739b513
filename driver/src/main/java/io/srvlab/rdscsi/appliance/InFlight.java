package io.srvlab.rdscsi.appliance;

/**
 * What the appliance counts of one item.
 *
 * @param operations begun and not finished
 * @param everCounted whether it ever counted any on this item; where it did not, 0 proves nothing
 */
public record InFlight(long operations, boolean everCounted) {}
