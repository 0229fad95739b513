package io.srvlab.rdscsi.nvme.subsystem;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where an export's bytes are. Its methods are called from many threads at a time, which are never interrupted. */
public interface Backing extends Closeable {
    /** Its size now; what is beyond the last whole block is not served. */
    long bytes() throws IOException;

    /** Fills the buffer with what is at {@code position}. */
    void read(ByteBuffer into, long position) throws IOException;

    /** Writes all of the buffer; others see it when this returns. */
    void write(ByteBuffer from, long position) throws IOException;

    /** Makes zeroes of this range. */
    void zero(long position, long length) throws IOException;

    /** Returns when all that was written before is durable. */
    void flush() throws IOException;
}
