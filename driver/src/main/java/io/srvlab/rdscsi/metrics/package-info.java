/**
 * What a process tells Prometheus: the definitions of all metrics, what observes for them, and the HTTP server that shows
 * them. A scrape only reads what is there already: it never asks the appliance.
 */
@NullMarked
package io.srvlab.rdscsi.metrics;

import org.jspecify.annotations.NullMarked;
