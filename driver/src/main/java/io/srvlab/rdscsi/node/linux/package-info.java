/**
 * Linux as the node's half needs it: a few system calls with their errno, the mount table, block and loop devices.
 * Knows no volume and no CSI. Every call here may block for as long as the kernel likes; whoever calls decides on
 * which thread, and for how long to wait for it.
 */
@NullMarked
package io.srvlab.rdscsi.node.linux;

import org.jspecify.annotations.NullMarked;
