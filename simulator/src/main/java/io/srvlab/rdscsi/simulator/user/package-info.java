/** Who may log in to the appliance, and what for: {@code /user} and {@code /user/group}, kept in a file. */
@NullMarked
package io.srvlab.rdscsi.simulator.user;

import org.jspecify.annotations.NullMarked;
