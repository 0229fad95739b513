/**
 * Volumes on a ROSE Data Server: disk items, their backing files, the pool, and the record that each item carries of its
 * own attachment. Every write reads back what it did; a lost answer is read, never sent again.
 */
@NullMarked
package io.srvlab.rdscsi.appliance;

import org.jspecify.annotations.NullMarked;
