/**
 * The words that the controller's half and the node's half share: ids, names, sizes, the publish context, and what can
 * go wrong. Values only: nothing here asks, writes or waits.
 */
@NullMarked
package io.srvlab.rdscsi.volume;

import org.jspecify.annotations.NullMarked;
