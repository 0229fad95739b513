package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.ProtocolError;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A write's data on its way in, all of it asked for with one R2T. One thread fills it, another waits for it. */
final class Transfer {
    private final int commandId;
    private final ByteBuffer data;
    private final CompletableFuture<Boolean> complete = new CompletableFuture<>();

    Transfer(int commandId, int length) {
        this.commandId = commandId;
        this.data = ByteBuffer.allocate(length);
    }

    /** Takes the next piece, which must go on where the one before it ended; true if it was the last one. */
    boolean take(Pdu.H2cData piece) throws ProtocolError {
        var bytes = piece.data();
        if (piece.commandId() != commandId) {
            throw ProtocolError.field(8, "data of command %04x for %04x".formatted(piece.commandId(), commandId));
        }
        if (piece.offset() != data.position() || bytes.remaining() > data.remaining()) {
            throw ProtocolError.range(12, "%d bytes at %d of %s".formatted(bytes.remaining(), piece.offset(), data));
        }
        data.put(bytes);
        if (piece.last() == data.hasRemaining()) throw ProtocolError.field(1, "the last piece is not marked as such");
        return piece.last() && complete.complete(true);
    }

    /** There will be no more of it. */
    void abandon() {
        complete.complete(false);
    }

    ByteBuffer await() throws IOException {
        if (!complete.join()) throw new EOFException("the connection ended before the data had come");
        return data.flip();
    }
}
