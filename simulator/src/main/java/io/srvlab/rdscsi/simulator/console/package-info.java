/**
 * RouterOS' console language: lexer, parser and evaluator for the part of it that is in use, and the generic half of
 * every menu ({@code find}, {@code print}, {@code get}, {@code where}). What the menus hold is behind {@link
 * io.srvlab.rdscsi.simulator.console.Menu}; nothing here knows a disk.
 */
@NullMarked
package io.srvlab.rdscsi.simulator.console;

import org.jspecify.annotations.NullMarked;
