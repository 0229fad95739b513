/** The command line: reads options, builds the parts, starts them, waits. Nothing is decided here. */
@NullMarked
package io.srvlab.rdscsi.cli;

import org.jspecify.annotations.NullMarked;
