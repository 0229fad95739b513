/**
 * What of an appliance's behaviour nobody has shown yet, or has seen on some and not on others: each such trait by itself,
 * with the place where it holds and the time when. Nothing here does anything: whoever comes to a decision asks.
 */
@NullMarked
package io.srvlab.rdscsi.simulator.personality;

import org.jspecify.annotations.NullMarked;
