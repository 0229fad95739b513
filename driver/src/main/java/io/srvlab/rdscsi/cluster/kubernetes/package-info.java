/**
 * A Kubernetes cluster: live looks at nodes and attachments, informers for what may be some moments old, events, and the
 * lease that says which replica does background work. The only package that knows of the client library.
 */
@NullMarked
package io.srvlab.rdscsi.cluster.kubernetes;

import org.jspecify.annotations.NullMarked;
