/**
 * Asks an appliance, from its console and from the data path, whether it behaves as the driver believes, and keeps the
 * answers as a report. It changes nothing but what it made itself, and removes that again.
 */
@NullMarked
package io.srvlab.rdscsi.probe;

import org.jspecify.annotations.NullMarked;
