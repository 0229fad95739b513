package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.ControllerIdentity;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import io.srvlab.rdscsi.nvme.wire.NamespaceIds;
import io.srvlab.rdscsi.nvme.wire.Property;
import io.srvlab.rdscsi.nvme.wire.Status;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of an admin queue, of a subsystem's controller or of the discovery service's. */
final class AdminCommands implements Handler {
    // CAP: queues of 128 entries, contiguous; ready within 7.5 s; the NVM command set.
    private static final long CAPABILITIES = 1L << 37 | 15L << 24 | 1 << 16 | (Admission.ENTRIES_MAX - 1);
    private static final int VERSION = 0x10400; // 1.4
    private static final int KEEP_ALIVE_TENTHS = 10; // keep-alive is counted in seconds
    private static final int NOT_ABORTED = 1;
    private static final int EVERY_NAMESPACE = -1;

    private final NvmeTarget target;
    private final TargetController controller;
    private final @Nullable Subsystem subsystem;

    AdminCommands(NvmeTarget target, TargetController controller) {
        this.target = target;
        this.controller = controller;
        this.subsystem = controller.subsystem();
    }

    @Override
    public boolean concurrent() {
        return false;
    }

    @Override
    public Answer handle(Request request) throws Rejected, IOException {
        controller.alive();
        var command = request.entry();
        if (command.opcode() == SubmissionEntry.FABRICS) return fabrics(command);
        if (!controller.ready()) throw new Rejected(Status.SEQUENCE_ERROR);
        return switch (command.opcode()) {
            case Commands.KEEP_ALIVE -> Answer.OK;
            case Commands.IDENTIFY -> identify(request);
            case Commands.GET_LOG_PAGE -> log(request);
            case Commands.SET_FEATURES -> setFeatures(command);
            case Commands.GET_FEATURES -> getFeatures(command);
            case Commands.ABORT -> new Answer.Done(NOT_ABORTED);
            case Commands.ASYNC_EVENT_REQUEST -> {
                if (subsystem == null) throw new Rejected(Status.INVALID_OPCODE);
                controller.await(command.commandId());
                yield new Answer.Later();
            }
            default -> throw new Rejected(Status.INVALID_OPCODE);
        };
    }

    private Answer fabrics(SubmissionEntry command) throws Rejected {
        var property = Property.of(command.dword11(), command.dword10());
        return switch (command.fabricsType()) {
            case Commands.PROPERTY_GET -> new Answer.Done(get(property));
            case Commands.PROPERTY_SET -> {
                if (property != Property.CONFIGURATION) throw new Rejected(Status.INVALID_FIELD);
                controller.configure(command.dword12());
                yield Answer.OK;
            }
            default -> throw new Rejected(Status.INVALID_OPCODE);
        };
    }

    private long get(@Nullable Property property) throws Rejected {
        return switch (property) {
            case CAPABILITIES -> CAPABILITIES;
            case VERSION -> VERSION;
            case CONFIGURATION -> controller.configuration();
            case STATUS -> controller.status();
            case null -> throw new Rejected(Status.INVALID_FIELD);
        };
    }

    private Answer identify(Request request) throws Rejected, IOException {
        request.mustHaveRoomFor(Commands.IDENTIFY_BYTES);
        int namespace = request.entry().dword1();
        int structure = request.entry().dword10() & 0xff;
        if (structure == Commands.IDENTIFY_CONTROLLER)
            return new Answer.Data(identity().bytes());
        if (subsystem == null) throw new Rejected(Status.INVALID_FIELD);
        return switch (structure) {
            case Commands.IDENTIFY_NAMESPACE -> {
                // Every namespace: what they have in common. There is but one.
                if (namespace != EVERY_NAMESPACE) mustBeTheOne(namespace);
                yield new Answer.Data(subsystem.namespace().bytes());
            }
            case Commands.IDENTIFY_ACTIVE_NAMESPACES ->
                new Answer.Data(NamespaceIds.listBytes(namespace == 0 ? List.of(Subsystem.NAMESPACE) : List.of()));
            case Commands.IDENTIFY_DESCRIPTORS -> {
                mustBeTheOne(namespace);
                yield new Answer.Data(new NamespaceIds(subsystem.id(), subsystem.id()).bytes());
            }
            // Nothing is limited more than MDTS does.
            case Commands.IDENTIFY_COMMAND_SET -> new Answer.Data(ByteBuffer.allocate(Commands.IDENTIFY_BYTES));
            default -> throw new Rejected(Status.INVALID_FIELD);
        };
    }

    private static void mustBeTheOne(int namespace) throws Rejected {
        if (namespace != Subsystem.NAMESPACE) throw new Rejected(Status.INVALID_NAMESPACE);
    }

    private ControllerIdentity identity() {
        return subsystem == null
                ? identity(ControllerIdentity.DISCOVERY, DiscoveryLog.SUBSYSTEM, "discovery")
                : identity(ControllerIdentity.IO, subsystem.nqn(), serial(subsystem));
    }

    private ControllerIdentity identity(int kind, String nqn, String serial) {
        boolean io = kind == ControllerIdentity.IO;
        return new ControllerIdentity(
                serial,
                "rds-csi user-space target",
                "1",
                TargetConnection.MDTS,
                controller.id(),
                VERSION,
                io ? ControllerIdentity.NAMESPACE_CHANGED : 0,
                kind,
                KEEP_ALIVE_TENTHS,
                Admission.ENTRIES_MAX,
                io ? 1 : 0,
                ControllerIdentity.WRITE_ZEROES,
                true,
                nqn,
                (SubmissionEntry.BYTES + TargetConnection.CAPSULE_DATA_BYTES_MAX) / 16);
    }

    private static String serial(Subsystem subsystem) {
        return "%016x".formatted(subsystem.id().getMostSignificantBits());
    }

    private Answer setFeatures(SubmissionEntry command) throws Rejected {
        if (subsystem == null) throw new Rejected(Status.INVALID_FIELD);
        return switch (command.dword10() & 0xff) {
            case Commands.NUMBER_OF_QUEUES -> {
                int wanted = Math.min(command.dword11() & 0xffff, command.dword11() >>> 16);
                yield new Answer.Done(queues(controller.grant(wanted + 1)));
            }
            // The only event is one that every host of this target wants to hear of.
            case Commands.ASYNC_EVENT_CONFIGURATION -> Answer.OK;
            default -> throw new Rejected(Status.INVALID_FIELD);
        };
    }

    private Answer getFeatures(SubmissionEntry command) throws Rejected {
        return switch (command.dword10() & 0xff) {
            case Commands.NUMBER_OF_QUEUES -> new Answer.Done(queues(controller.grantedQueues()));
            default -> throw new Rejected(Status.INVALID_FIELD);
        };
    }

    /** Submission and completion queues, each 0-based. */
    private static long queues(int count) {
        return (count - 1L) << 16 | (count - 1);
    }

    private Answer log(Request request) throws Rejected {
        var command = request.entry();
        long length = (((long) command.dword11() & 0xffff) << 16 | command.dword10() >>> 16) * 4 + 4;
        if (length > TargetConnection.TRANSFER_BYTES_MAX) throw new Rejected(Status.INVALID_FIELD);
        request.mustHaveRoomFor((int) length);
        var log = log(command, request.connection());
        long offset = SubmissionEntry.wide(command.dword12(), command.dword13());
        if (offset < 0 || offset > log.capacity()) throw new Rejected(Status.INVALID_FIELD);
        var part = ByteBuffer.allocate((int) length); // what is beyond the log's end is zero
        int there = (int) Math.min(length, log.capacity() - offset);
        return new Answer.Data(part.put(log.slice((int) offset, there)).clear());
    }

    private ByteBuffer log(SubmissionEntry command, TargetConnection connection) throws Rejected {
        boolean retain = (command.dword10() & 1 << 15) != 0;
        return switch (command.dword10() & 0xff) {
            case Commands.LOG_ERRORS, Commands.LOG_HEALTH -> ByteBuffer.allocate(512);
            case Commands.LOG_CHANGED_NAMESPACES -> NamespaceIds.listBytes(controller.readChanged(retain));
            case Commands.LOG_DISCOVERY -> {
                if (subsystem != null) throw new Rejected(Status.INVALID_LOG_PAGE);
                yield target.discovery(controller.host(), connection.localAddress())
                        .bytes();
            }
            default -> throw new Rejected(Status.INVALID_LOG_PAGE);
        };
    }
}
