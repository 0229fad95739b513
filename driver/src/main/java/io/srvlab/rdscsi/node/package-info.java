/**
 * The node's half of CSI: attach a volume's door, make or mount its filesystem, show it to pods, and take it all away
 * again. Knows nothing of the controller's half but the publish context.
 *
 * <p>The kernel is the only record of what is: what is attached and mounted is asked of it in every call, so a call may
 * follow a crash between any two steps of an earlier one. Written down is only what is meant to be: which volumes were to
 * be staged ({@link io.srvlab.rdscsi.node.StagedVolumes}), and where block volumes were to be shown. {@link io.srvlab.rdscsi.node.Operations} has the locks: one operation
 * per volume, on a thread that it has to itself, held until that thread is done even if the call has been answered long since.
 */
@NullMarked
package io.srvlab.rdscsi.node;

import org.jspecify.annotations.NullMarked;
