/**
 * The REST service of what is simulated, as RouterOS' {@code www-ssl} has it: the same menus and the same console as over SSH,
 * in JSON whose values are all strings.
 */
@NullMarked
package io.srvlab.rdscsi.simulator.rest;

import org.jspecify.annotations.NullMarked;
