package io.srvlab.rdscsi.simulator.datapath;

import io.srvlab.rdscsi.nvme.subsystem.Backing;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A backing whose writes pass a gate. */
record GatedBacking(Backing behind, Gate gate) implements Backing {
    @Override
    public long bytes() throws IOException {
        return behind.bytes();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        behind.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        gate.pass();
        behind.write(from, position);
    }

    @Override
    public void zero(long position, long length) throws IOException {
        gate.pass();
        behind.zero(position, length);
    }

    @Override
    public void flush() throws IOException {
        behind.flush();
    }

    @Override
    public void close() throws IOException {
        behind.close();
    }
}
