/**
 * What the cluster knows of its nodes and attachments, and what it tells the users of a volume. Here: the interface, and a
 * cluster that is written on the command line.
 */
@NullMarked
package io.srvlab.rdscsi.cluster;

import org.jspecify.annotations.NullMarked;
