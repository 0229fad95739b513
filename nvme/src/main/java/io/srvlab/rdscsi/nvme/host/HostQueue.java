package io.srvlab.rdscsi.nvme.host;

import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduReader;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.ProtocolError;
import io.srvlab.rdscsi.nvme.wire.Side;
import io.srvlab.rdscsi.nvme.wire.Status;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One queue pair: a connection on which commands go out and their answers come in. Two threads serve it, so that a caller
 * never waits for the network itself but only for an answer, and no longer than its deadline. The first thing that goes
 * wrong ends the queue: the connection is closed and every waiting caller learns why.
 */
final class HostQueue implements AutoCloseable {
    private static final PduReader.Limits LIMITS = new PduReader.Limits(0, Session.TRANSFER_BYTES_MAX);
    // What Linux asks of targets too; less would make a write into very many PDUs.
    private static final int H2C_DATA_BYTES_MIN = 4096;

    private final Socket socket;
    private final Thread sender = Thread.ofVirtual().unstarted(() -> untilItEnds(this::send));
    private final Digests digests;
    private final Semaphore free;
    private final BlockingQueue<Pdu> outgoing = new LinkedBlockingQueue<>(); // bounded by the commands open
    private final Map<Integer, Exchange> open = new ConcurrentHashMap<>();
    private final AtomicInteger nextId = new AtomicInteger();
    private final CompletableFuture<Pdu.IcResp> initialized = new CompletableFuture<>();
    private final CompletableFuture<SessionEnded> ended = new CompletableFuture<>();

    private HostQueue(Socket socket, int depth, Digests digests) {
        this.socket = socket;
        this.digests = digests;
        this.free = new Semaphore(depth - 1); // a queue of n entries holds n - 1 commands
    }

    /**
     * Connects and agrees on the connection's parameters.
     *
     * @param depth entries, at least 2
     * @throws IOException nobody answers there, or not as NVMe/TCP
     */
    static HostQueue open(InetSocketAddress address, int depth, Digests digests, Deadline deadline) throws IOException {
        if (address.isUnresolved()) throw new IOException("unknown host: " + address.getHostString());
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, deadline.remainingMillis());
        } catch (IOException e) {
            socket.close();
            var why = e instanceof SocketTimeoutException ? "timed out" : e.getMessage();
            throw new IOException("TCP connection to " + address + ": " + why, e);
        }
        var queue = new HostQueue(socket, depth, digests);
        Thread.startVirtualThread(() -> queue.untilItEnds(queue::receive));
        queue.sender.start();
        queue.outgoing.add(new Pdu.IcReq(0, 0, digests, 0));
        queue.await(queue.initialized, "ICReq", deadline);
        return queue;
    }

    /**
     * Sends a command and waits for its end.
     *
     * @param capsule data that goes with it; or none
     * @param out data that the target is to ask for; or none
     * @param in filled with the command's data, exactly; or none
     * @throws CommandRefused its status is an error
     * @throws SessionEnded the queue is over, or is now since no answer came in time
     */
    Completion call(
            String name, SubmissionEntry command, ByteBuffer capsule, ByteBuffer out, ByteBuffer in, Deadline deadline)
            throws IOException {
        var completion = submit(name, command, capsule, out, in, deadline);
        if (!completion.status().ok()) throw new CommandRefused(name, completion.status());
        return completion;
    }

    /** As {@link #call}, for a caller who looks at the status himself. */
    Completion submit(
            String name, SubmissionEntry command, ByteBuffer capsule, ByteBuffer out, ByteBuffer in, Deadline deadline)
            throws IOException {
        acquire(name, deadline);
        var exchange = new Exchange(out, in);
        int id = register(exchange);
        outgoing.add(new Pdu.CapsuleCmd(command.withCommandId(id), capsule));
        if (ended.isDone()) exchange.done.completeExceptionally(ended.join()); // it may have ended before this was open
        return await(exchange.done, name, deadline);
    }

    boolean isOpen() {
        return !ended.isDone();
    }

    /** Waits a moment, unless the queue ends or time runs out before. */
    void pause(long millis, Deadline deadline) throws IOException {
        try {
            throw ended.get(Math.min(millis * 1_000_000, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (deadline.remainingNanos() == 0) throw end("the target was not ready in time", e);
        } catch (InterruptedException e) {
            throw interrupted("a pause");
        } catch (ExecutionException e) {
            throw new AssertionError("it never ends exceptionally", e);
        }
    }

    /** Completes when the queue has ended, with the reason. */
    CompletableFuture<SessionEnded> ended() {
        return ended;
    }

    /** Ends the queue at once, for whoever still waits as well. */
    @Override
    public void close() {
        end("closed", new EOFException("closed by this host"));
    }

    private void acquire(String name, Deadline deadline) throws IOException {
        try {
            if (free.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) return;
        } catch (InterruptedException e) {
            throw interrupted(name);
        }
        throw end("no room in the queue for " + name + " in time", new TimeoutException());
    }

    private int register(Exchange exchange) {
        while (true) {
            int id = nextId.getAndIncrement() & 0xffff;
            if (open.putIfAbsent(id, exchange) == null) return id;
        }
    }

    private <T> T await(CompletableFuture<T> future, String name, Deadline deadline) throws IOException {
        try {
            return future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw end("no answer to " + name + " in time", e);
        } catch (InterruptedException e) {
            throw interrupted(name);
        } catch (ExecutionException e) {
            // Another thread's exception, told again with this one's stack.
            throw new SessionEnded(String.valueOf(ended.join().getMessage()), e);
        }
    }

    private IOException interrupted(String name) {
        end("interrupted during " + name, new InterruptedIOException());
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted during " + name);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void untilItEnds(Work work) {
        try {
            work.run();
        } catch (ProtocolError e) {
            end("the target broke the protocol: " + e.getMessage(), e);
        } catch (IOException e) {
            end("the connection is lost: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            end("interrupted", e);
        }
    }

    private SessionEnded end(String why, Throwable cause) {
        var reason = new SessionEnded(why, cause);
        if (!ended.complete(reason)) return ended.join();
        try {
            socket.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        initialized.completeExceptionally(reason);
        open.values().forEach(exchange -> exchange.done.completeExceptionally(reason));
        free.release(1 << 16); // whoever waits for room shall learn of it too
        sender.interrupt(); // it may wait for something to send
        return reason;
    }

    private void send() throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        while (isOpen()) out.write(PduWriter.bytes(outgoing.take(), digests));
    }

    private void receive() throws IOException {
        var reader = new PduReader(socket.getInputStream(), Side.CONTROLLER, LIMITS);
        var agreed = initialize(reader);
        while (true) {
            switch (reader.next()) {
                case Pdu.CapsuleResp(var completion) -> finish(completion);
                case Pdu.C2hData data -> take(data);
                case Pdu.R2t request -> give(request, agreed.maxH2cData());
                case Pdu.C2hTermReq(int status, long information) ->
                    throw new IOException(
                            "the target ended it with fatal error %d, information %d".formatted(status, information));
                case null -> throw new EOFException("the target closed it");
                case Pdu other -> throw unexpected(other);
            }
        }
    }

    private Pdu.IcResp initialize(PduReader reader) throws IOException {
        var first = reader.next();
        if (first == null) throw new EOFException("the target closed it before ICResp");
        if (!(first instanceof Pdu.IcResp answer)) throw unexpected(first);
        if (answer.version() != 0) throw ProtocolError.unsupported(8, "PDU format version " + answer.version());
        if (answer.alignment() != 0) throw ProtocolError.unsupported(10, "data alignment " + answer.alignment());
        if (!answer.digests().equals(digests)) throw ProtocolError.unsupported(11, "digests " + answer.digests());
        if (answer.maxH2cData() < H2C_DATA_BYTES_MIN) {
            throw ProtocolError.unsupported(12, "at most %d bytes in a PDU".formatted(answer.maxH2cData()));
        }
        reader.agree(digests);
        initialized.complete(answer);
        return answer;
    }

    private void finish(Completion completion) throws ProtocolError {
        exchange(completion.commandId()).finish(completion);
        forget(completion.commandId());
    }

    private void take(Pdu.C2hData data) throws ProtocolError {
        exchange(data.commandId()).take(data);
        if (data.success()) finish(new Completion(0, 0, 0, data.commandId(), Status.SUCCESS));
    }

    private void give(Pdu.R2t request, long pieceBytesMax) throws ProtocolError {
        var data = exchange(request.commandId()).give(request);
        int piece = (int) Math.min(pieceBytesMax, LIMITS.transferData());
        for (int at = 0; at < data.remaining(); at += piece) {
            int length = Math.min(piece, data.remaining() - at);
            outgoing.add(new Pdu.H2cData(
                    request.commandId(),
                    request.transferTag(),
                    request.offset() + at,
                    at + length == data.remaining(),
                    data.slice(at, length)));
        }
    }

    private Exchange exchange(int commandId) throws ProtocolError {
        var exchange = open.get(commandId);
        if (exchange == null)
            throw ProtocolError.sequence("an answer to command %04x, which is not open".formatted(commandId));
        return exchange;
    }

    private void forget(int commandId) {
        open.remove(commandId);
        free.release();
    }

    private static ProtocolError unexpected(Pdu pdu) {
        return ProtocolError.sequence("an unexpected " + pdu.getClass().getSimpleName());
    }
}
