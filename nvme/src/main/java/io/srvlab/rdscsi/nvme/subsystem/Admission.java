package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import io.srvlab.rdscsi.nvme.wire.Status;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The first command on a connection: Connect, which makes a queue of it, or is refused as Linux' target refuses it. */
final class Admission implements Handler {
    /** The most entries of a queue. */
    static final int ENTRIES_MAX = 128;

    // DW0 of "invalid connect parameters": where the field at fault is, in the data or in the command.
    private static final int IN_DATA = 1 << 16;
    private static final int QUEUE_ID_AT = 42;
    private static final int QUEUE_SIZE_AT = 44;
    private static final long KEEP_ALIVE_MILLIS_MAX = Duration.ofHours(1).toMillis();

    private final NvmeTarget target;
    private volatile @Nullable TargetController controller;
    private boolean tried;

    Admission(NvmeTarget target) {
        this.target = target;
    }

    @Override
    public boolean concurrent() {
        return false;
    }

    /** Whose queue the connection has become; null if none's. */
    @Nullable
    TargetController controller() {
        return controller;
    }

    @Override
    public Answer handle(Request request) throws Rejected, IOException {
        var command = request.entry();
        boolean connect = command.opcode() == SubmissionEntry.FABRICS && command.fabricsType() == Commands.CONNECT;
        if (!connect) throw new Rejected(Status.SEQUENCE_ERROR);
        if (tried) throw new IOException("a second Connect on one connection");
        tried = true;
        if ((command.dword10() & 0xffff) != 0) throw new Rejected(Status.CONNECT_INCOMPATIBLE_FORMAT);
        int size = (command.dword11() & 0xffff) + 1;
        if (size < 2 || size > ENTRIES_MAX) throw invalid(QUEUE_SIZE_AT);
        var data = ConnectData.read(request.fetch(ConnectData.BYTES));
        int queueId = command.dword10() >>> 16;
        return queueId == 0 ? admin(request, data, size) : io(request, data, queueId, size);
    }

    private Answer admin(Request request, ConnectData data, int size) throws Rejected {
        if (data.controllerId() != ConnectData.ANY_CONTROLLER) throw invalid(IN_DATA | ConnectData.CONTROLLER_ID_AT);
        boolean discovery = data.subsystem().equals(DiscoveryLog.SUBSYSTEM);
        var subsystem = discovery ? null : subsystemFor(data);
        var made = new TargetController(target.nextControllerId(), data.host(), subsystem, request.connection());
        if (subsystem != null && !subsystem.enter(made)) throw invalid(IN_DATA | ConnectData.SUBSYSTEM_AT);
        controller = made;
        long keepAlive = Math.min(Integer.toUnsignedLong(request.entry().dword12()), KEEP_ALIVE_MILLIS_MAX);
        made.expireAfter(Duration.ofMillis(keepAlive));
        request.connection().become(new TargetConnection.Queue(0, size, new AdminCommands(target, made)));
        return new Answer.Done(made.id());
    }

    private Subsystem subsystemFor(ConnectData data) throws Rejected {
        var subsystem = target.subsystem(data.subsystem());
        if (subsystem == null) throw invalid(IN_DATA | ConnectData.SUBSYSTEM_AT);
        if (!subsystem.allows(data.host())) {
            throw new Rejected(Status.CONNECT_INVALID_HOST, IN_DATA | ConnectData.HOST_AT);
        }
        return subsystem;
    }

    private Answer io(Request request, ConnectData data, int queueId, int size) throws Rejected {
        var subsystem = subsystemFor(data);
        var owner = subsystem.controller(data.controllerId());
        if (owner == null || !owner.host().equals(data.host())) {
            throw invalid(IN_DATA | ConnectData.CONTROLLER_ID_AT);
        }
        if (queueId > owner.grantedQueues()) throw invalid(QUEUE_ID_AT);
        if (!owner.ready() || !owner.add(queueId, request.connection())) throw new Rejected(Status.SEQUENCE_ERROR);
        controller = owner;
        request.connection().become(new TargetConnection.Queue(queueId, size, new IoCommands(owner, subsystem)));
        return new Answer.Done(owner.id());
    }

    private static Rejected invalid(int where) {
        return new Rejected(Status.CONNECT_INVALID_PARAMETERS, where);
    }
}
