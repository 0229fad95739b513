package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.ProtocolError;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * One command on its way: the data that goes out, the place for what comes in, and how much of either has been moved. Only
 * the queue's reader touches the counts.
 */
final class Exchange {
    final CompletableFuture<Completion> done = new CompletableFuture<>();
    private final ByteBuffer out;
    private final ByteBuffer in;
    private int asked;
    private int received;

    /** @param out what the target may ask for; what went in the capsule is not part of it */
    Exchange(ByteBuffer out, ByteBuffer in) {
        this.out = out;
        this.in = in;
    }

    /** What an R2T asks for, which must go on where the one before it ended. */
    ByteBuffer give(Pdu.R2t request) throws ProtocolError {
        if (request.offset() != asked || request.length() == 0 || request.length() > out.remaining() - asked) {
            throw ProtocolError.range(
                    12,
                    "R2T for %d bytes at %d; %d of %d were asked for"
                            .formatted(request.length(), request.offset(), asked, out.remaining()));
        }
        asked += (int) request.length();
        return out.slice(out.position() + (int) request.offset(), (int) request.length());
    }

    void take(Pdu.C2hData data) throws ProtocolError {
        var bytes = data.data();
        if (data.offset() != received || bytes.remaining() > in.remaining() - received) {
            throw ProtocolError.range(
                    12,
                    "%d bytes at %d; %d of %d had come"
                            .formatted(bytes.remaining(), data.offset(), received, in.remaining()));
        }
        in.duplicate().position(in.position() + received).put(bytes);
        received += data.data().remaining();
    }

    /** Success is believed only when all data has been moved: a target that keeps some back would have the caller see stale bytes. */
    void finish(Completion completion) throws ProtocolError {
        boolean moved = received == in.remaining() && asked == out.remaining();
        if (completion.status().ok() && !moved) {
            throw ProtocolError.sequence("success after %d of %d bytes read, %d of %d asked for"
                    .formatted(received, in.remaining(), asked, out.remaining()));
        }
        done.complete(completion);
    }
}
