/**
 * Promises that hold for any bytes: nothing hangs, takes memory without bound, or throws anything but its own error. Each
 * {@code fuzzerTestOneInput(byte[])} takes one input and throws if a promise is broken; {@code FuzzTest} runs them on inputs of its own.
 */
@NullMarked
package io.srvlab.rdscsi.nvme.fuzz;

import org.jspecify.annotations.NullMarked;
