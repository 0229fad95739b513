package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduReader;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.ProtocolError;
import io.srvlab.rdscsi.nvme.wire.Side;
import io.srvlab.rdscsi.nvme.wire.Status;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** One connection: PDUs in and out, and the transfers under way. What commands mean is the {@link Handler}'s. */
final class TargetConnection implements AutoCloseable {
    /** The most data that one command moves, in bytes: 2 to this power pages of 4096. */
    static final int MDTS = 5;

    static final int TRANSFER_BYTES_MAX = 4096 << MDTS;

    /** The most data that goes with a command, of any queue. Every target must take this much with Fabrics commands. */
    static final int CAPSULE_DATA_BYTES_MAX = 8192;

    private static final PduReader.Limits LIMITS = new PduReader.Limits(CAPSULE_DATA_BYTES_MAX, TRANSFER_BYTES_MAX);
    // Eight of the largest commands at a time; the others wait for their turn without their data.
    private static final int BUDGET_BYTES = 8 * TRANSFER_BYTES_MAX;

    private final Socket socket;
    private final PduReader reader;
    private final ReentrantLock sending = new ReentrantLock();
    private final Map<Integer, Transfer> transfers = new ConcurrentHashMap<>();
    private final AtomicInteger nextTag = new AtomicInteger();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger head = new AtomicInteger();
    private final Semaphore budget = new Semaphore(BUDGET_BYTES);
    private volatile Digests digests = Digests.NONE;
    private volatile boolean closed;
    private Queue queue;

    /**
     * What the connection is.
     *
     * @param size entries
     */
    record Queue(int id, int size, Handler handler) {}

    /** @param first carries out what comes before the connection is a queue: Connect */
    TargetConnection(Socket socket, Handler first) throws IOException {
        this.socket = socket;
        this.reader = new PduReader(socket.getInputStream(), Side.HOST, LIMITS);
        this.queue = new Queue(0, 2, first);
    }

    /** From the next command on it is this queue. Called while a command is carried out that nothing else runs beside. */
    void become(Queue queue) {
        this.queue = queue;
    }

    /** Where the host reached this target. */
    InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** Serves until either side closes it, or the host breaks the protocol. */
    void serve() {
        try {
            initialize();
            while (true) next();
        } catch (ProtocolError e) {
            terminate(e);
        } catch (IOException e) {
            // The host is gone; what it had open ends with the connection.
        } finally {
            close();
        }
    }

    private void next() throws IOException {
        switch (reader.next()) {
            case Pdu.CapsuleCmd command -> begin(command);
            case Pdu.H2cData data -> take(data);
            case Pdu.H2cTermReq _ -> throw new EOFException("the host ended it");
            case null -> throw new EOFException("the host closed it");
            case Pdu other -> throw ProtocolError.sequence("an unexpected " + other);
        }
    }

    private void initialize() throws IOException {
        if (!(reader.next() instanceof Pdu.IcReq request)) throw ProtocolError.sequence("no ICReq at first");
        if (request.version() != 0) throw ProtocolError.unsupported(8, "PDU format version " + request.version());
        if (request.alignment() != 0) throw ProtocolError.unsupported(10, "data alignment " + request.alignment());
        send(new Pdu.IcResp(0, 0, request.digests(), TRANSFER_BYTES_MAX));
        reader.agree(request.digests());
        digests = request.digests();
    }

    private void begin(Pdu.CapsuleCmd command) throws IOException {
        head.incrementAndGet();
        if (outstanding.incrementAndGet() > queue.size()) {
            throw ProtocolError.limit(0, "more commands than the queue has entries");
        }
        var request = new Request(command.entry(), command.data(), this);
        var handler = queue.handler();
        if (handler.concurrent()) {
            Thread.startVirtualThread(() -> carryOutWithinBudget(request, handler));
        } else {
            carryOut(request, handler);
        }
    }

    private void carryOutWithinBudget(Request request, Handler handler) {
        int bytes = (int) Math.min(request.entry().sgl().length(), TRANSFER_BYTES_MAX);
        budget.acquireUninterruptibly(bytes);
        try {
            carryOut(request, handler);
        } catch (IOException e) {
            close();
        } finally {
            budget.release(bytes);
        }
    }

    private void carryOut(Request request, Handler handler) throws IOException {
        int id = request.entry().commandId();
        try {
            request.mustUseSgl();
            switch (handler.handle(request)) {
                case Answer.Done(long result) -> complete(id, Status.SUCCESS, result);
                case Answer.Data(var bytes) -> {
                    send(new Pdu.C2hData(id, 0, true, false, bytes));
                    complete(id, Status.SUCCESS, 0);
                }
                case Answer.Later() -> {}
            }
        } catch (Rejected e) {
            complete(id, e.status(), e.dword0());
        }
    }

    /** Ends a command. */
    void complete(int commandId, Status status, long result) throws IOException {
        var as = queue;
        outstanding.decrementAndGet(); // before the host knows: it may send the next one at once
        send(new Pdu.CapsuleResp(new Completion(result, head.get() % as.size(), as.id(), commandId, status)));
    }

    private void send(Pdu pdu) throws IOException {
        var bytes = PduWriter.bytes(pdu, digests);
        sending.lock();
        try {
            socket.getOutputStream().write(bytes);
        } finally {
            sending.unlock();
        }
    }

    /** Asks for a write's data and waits for it. */
    ByteBuffer transfer(int commandId, int length) throws IOException {
        var transfer = new Transfer(commandId, length);
        int tag;
        do {
            tag = nextTag.getAndIncrement() & 0xffff;
        } while (transfers.putIfAbsent(tag, transfer) != null);
        if (closed) transfer.abandon(); // it may have been closed before this one was listed
        send(new Pdu.R2t(commandId, tag, 0, length));
        return transfer.await();
    }

    private void take(Pdu.H2cData data) throws ProtocolError {
        var transfer = transfers.get(data.transferTag());
        if (transfer == null) throw ProtocolError.field(10, "transfer tag " + data.transferTag() + " is not open");
        if (transfer.take(data)) transfers.remove(data.transferTag());
    }

    /** Tells the host what it did wrong, if that is possible without waiting. */
    private void terminate(ProtocolError error) {
        if (!sending.tryLock()) return;
        try {
            var notice = new Pdu.C2hTermReq(error.kind().number(), error.offset());
            socket.getOutputStream().write(PduWriter.bytes(notice, digests));
        } catch (IOException e) {
            // It will see the end all the same.
        } finally {
            sending.unlock();
        }
    }

    /** Closes it at once. Commands that have begun go on, and their answers go nowhere. */
    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
        transfers.values().forEach(Transfer::abandon);
    }
}
