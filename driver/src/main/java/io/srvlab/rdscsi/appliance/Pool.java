package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.Bytes;

/** The filesystem that backing files lie on, as its disk item shows it. */
public record Pool(Bytes size, Bytes free) {}
