/** A ROSE Data Server to run against: what answers over SSH like RouterOS, and keeps what it is told. */
@NullMarked
package io.srvlab.rdscsi.simulator;

import org.jspecify.annotations.NullMarked;
