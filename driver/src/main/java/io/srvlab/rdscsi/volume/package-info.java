/**
 * The words that the controller's half and the node's half share: ids, names, sizes, the publish context, and what can
 * go wrong; and the queue that gives each volume one operation at a time.
 */
@NullMarked
package io.srvlab.rdscsi.volume;

import org.jspecify.annotations.NullMarked;
