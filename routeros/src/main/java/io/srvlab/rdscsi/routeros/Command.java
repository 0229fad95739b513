package io.srvlab.rdscsi.routeros;

/** One command of a script, as RouterOS reads it. */
public record Command(String text) {}
