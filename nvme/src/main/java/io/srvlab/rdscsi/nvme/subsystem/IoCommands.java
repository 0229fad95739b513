package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.Status;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The commands of an I/O queue. */
final class IoCommands implements Handler {
    private final TargetController controller;
    private final Subsystem subsystem;

    IoCommands(TargetController controller, Subsystem subsystem) {
        this.controller = controller;
        this.subsystem = subsystem;
    }

    @Override
    public boolean concurrent() {
        return true;
    }

    @Override
    public Answer handle(Request request) throws Rejected, IOException {
        controller.alive();
        if (!controller.ready()) throw new Rejected(Status.SEQUENCE_ERROR);
        var command = request.entry();
        if (command.dword1() != Subsystem.NAMESPACE) throw new Rejected(Status.INVALID_NAMESPACE);
        return switch (command.opcode()) {
            case Commands.READ -> read(request, Range.of(command, subsystem.blocks()));
            case Commands.WRITE -> write(request, Range.of(command, subsystem.blocks()));
            case Commands.WRITE_ZEROES -> zero(command, Range.of(command, subsystem.blocks()));
            case Commands.FLUSH -> flush();
            default -> throw new Rejected(Status.INVALID_OPCODE);
        };
    }

    /** Which bytes a command is about; within the namespace. */
    private record Range(long position, int length) {
        static Range of(SubmissionEntry command, long blocks) throws Rejected {
            long first = SubmissionEntry.wide(command.dword10(), command.dword11());
            long count = (command.dword12() & 0xffff) + 1L;
            if (first < 0 || count > blocks || first > blocks - count) throw new Rejected(Status.LBA_OUT_OF_RANGE);
            return new Range(first << Subsystem.BLOCK_SHIFT, (int) (count << Subsystem.BLOCK_SHIFT));
        }

        void mustFitACommand() throws Rejected {
            if (length > TargetConnection.TRANSFER_BYTES_MAX) throw new Rejected(Status.INVALID_FIELD);
        }
    }

    private Answer read(Request request, Range range) throws Rejected, IOException {
        range.mustFitACommand();
        request.mustHaveRoomFor(range.length());
        var data = ByteBuffer.allocate(range.length());
        carryOut(Status.READ_ERROR, () -> {
            subsystem.backing().read(data, range.position());
            subsystem.traffic().read(range.length());
        });
        return new Answer.Data(data.flip());
    }

    private Answer write(Request request, Range range) throws Rejected, IOException {
        range.mustFitACommand();
        var data = request.fetch(range.length());
        carryOut(Status.WRITE_FAULT, () -> {
            subsystem.backing().write(data, range.position());
            subsystem.traffic().wrote(range.length());
            forceIfAsked(request.entry());
        });
        return Answer.OK;
    }

    private Answer zero(SubmissionEntry command, Range range) throws Rejected, IOException {
        carryOut(Status.WRITE_FAULT, () -> {
            subsystem.backing().zero(range.position(), range.length());
            subsystem.traffic().wrote(range.length());
            forceIfAsked(command);
        });
        return Answer.OK;
    }

    private Answer flush() throws Rejected, IOException {
        carryOut(Status.WRITE_FAULT, () -> {
            subsystem.backing().flush();
            subsystem.traffic().flushed();
        });
        return Answer.OK;
    }

    private void forceIfAsked(SubmissionEntry command) throws IOException {
        if ((command.dword12() & Commands.FUA) != 0) subsystem.backing().flush();
    }

    private interface Work {
        void run() throws IOException;
    }

    private void carryOut(Status onFailure, Work work) throws Rejected, IOException {
        if (!subsystem.begin()) throw new EOFException("the subsystem is off the network");
        try {
            work.run();
        } catch (IOException e) {
            throw new Rejected(onFailure);
        } finally {
            subsystem.end();
        }
    }
}
