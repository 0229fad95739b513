package io.srvlab.rdscsi.nvme.subsystem;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file. What is zero in it already is not written again, so that a sparse file stays one. */
public final class FileBacking implements Backing {
    private static final int CHUNK_BYTES = 128 << 10;
    private static final ByteBuffer ZEROES =
            ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();

    private final FileChannel file;

    /** Opens it; it must be there. */
    public FileBacking(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public long bytes() throws IOException {
        return file.size();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = file.read(into, at);
            if (count < 0) throw new EOFException("the file is shorter than it was");
            at += count;
        }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        long at = position;
        while (from.hasRemaining()) at += file.write(from, at);
    }

    @Override
    public void zero(long position, long length) throws IOException {
        var present = ByteBuffer.allocate((int) Math.min(length, CHUNK_BYTES));
        for (long at = position; at < position + length; at += present.limit()) {
            present.clear().limit((int) Math.min(present.capacity(), position + length - at));
            read(present, at);
            var zeroes = ZEROES.slice(0, present.limit());
            if (!present.flip().equals(zeroes)) write(zeroes, at);
        }
    }

    @Override
    public void flush() throws IOException {
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
