/** Figures of the product as processes, measured from outside. */
@NullMarked
package io.srvlab.rdscsi.bench;

import org.jspecify.annotations.NullMarked;
