package io.srvlab.rdscsi.nvme.subsystem;

import java.nio.ByteBuffer;

/** What a command that was not rejected is answered with. */
sealed interface Answer {
    Answer OK = new Done(0);

    /** {@code result}: dwords 0 and 1 of the completion. */
    record Done(long result) implements Answer {}

    /** Data, of just the length that the command has room for, and then success. */
    record Data(ByteBuffer bytes) implements Answer {}

    /** Nothing yet: the command stays open until something happens. */
    record Later() implements Answer {}
}
