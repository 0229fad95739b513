package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.Sgl;
import io.srvlab.rdscsi.nvme.wire.Status;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A command as it came in, with the means to get at its data. */
record Request(SubmissionEntry entry, ByteBuffer capsule, TargetConnection connection) {
    /** Data pointers are SGLs: bits 6 and 7 of the flags are 01b. */
    void mustUseSgl() throws Rejected {
        if ((entry.flags() & 0xc0) != SubmissionEntry.SGL_FLAG) throw new Rejected(Status.INVALID_FIELD);
    }

    /** The command's data from the host, which must be just so long: from the capsule, or asked for. */
    ByteBuffer fetch(int length) throws Rejected, IOException {
        if (entry.sgl().length() != length) throw new Rejected(Status.SGL_LENGTH_INVALID);
        return switch (entry.sgl().type()) {
            case Sgl.IN_CAPSULE -> inCapsule(length);
            case Sgl.TRANSPORT -> connection.transfer(entry.commandId(), length);
            default -> throw new Rejected(Status.SGL_TYPE_INVALID);
        };
    }

    private ByteBuffer inCapsule(int length) throws Rejected {
        if (entry.sgl().address() != 0 || capsule.remaining() != length) throw new Rejected(Status.SGL_LENGTH_INVALID);
        return capsule;
    }

    /** Checks that the command has room for just so much data. */
    void mustHaveRoomFor(int length) throws Rejected {
        if (entry.sgl().type() != Sgl.TRANSPORT) throw new Rejected(Status.SGL_TYPE_INVALID);
        if (entry.sgl().length() != length) throw new Rejected(Status.SGL_LENGTH_INVALID);
    }
}
