/** The CSI controller RPCs: parse, one call into the domain, answer. */
@NullMarked
package io.srvlab.rdscsi.controller;

import org.jspecify.annotations.NullMarked;
