/**
 * Filesystems on devices: what a device holds, when it may be formatted, and how to mount it. The rule that everything
 * here serves: a device is formatted only when it was read without error, twice, and holds nothing.
 */
@NullMarked
package io.srvlab.rdscsi.node.filesystem;

import org.jspecify.annotations.NullMarked;
