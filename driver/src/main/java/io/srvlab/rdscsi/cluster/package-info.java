/** What the cluster knows of its nodes, asked live. Here: the interface, and a cluster that is written on the command line. */
@NullMarked
package io.srvlab.rdscsi.cluster;

import org.jspecify.annotations.NullMarked;
