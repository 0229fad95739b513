package io.srvlab.rdscsi.nvme.fuzz;

import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.ControllerIdentity;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import io.srvlab.rdscsi.nvme.wire.NamespaceIdentity;
import io.srvlab.rdscsi.nvme.wire.NamespaceIds;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduReader;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.ProtocolError;
import io.srvlab.rdscsi.nvme.wire.Side;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What comes over the wire is PDUs as agreed, or a {@link ProtocolError}, or its end; and so is what they carry. */
public final class WireFuzz {
    private static final int STRUCTURE_BYTES = 4096;

    private WireFuzz() {}

    /** The first byte says who sends, with which digests; the rest is what is sent. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) return;
        var sender = (input[0] & 1) == 0 ? Side.HOST : Side.CONTROLLER;
        var digests = new Digests((input[0] & 2) != 0, (input[0] & 4) != 0);
        var reader = new PduReader(
                new ByteArrayInputStream(input, 1, input.length - 1), sender, new PduReader.Limits(8192, 1 << 20));
        reader.agree(digests);
        try {
            for (var pdu = reader.next(); pdu != null; pdu = reader.next()) mustComeBack(pdu, sender, digests);
        } catch (ProtocolError | EOFException e) {
            // Its own errors.
        } catch (IOException e) {
            throw new AssertionError("an error of no kind", e);
        }
        structures(repeated(input));
        lists(ByteBuffer.wrap(input, 1, input.length - 1));
    }

    /** A PDU that was taken is the same when it is written and read again. */
    private static void mustComeBack(Pdu pdu, Side sender, Digests digests) throws IOException {
        var written = PduWriter.bytes(pdu, digests);
        var reader = new PduReader(new ByteArrayInputStream(written), sender, new PduReader.Limits(8192, 1 << 20));
        reader.agree(digests);
        if (!pdu.equals(reader.next())) throw new AssertionError("not the same again: " + pdu);
    }

    private static byte[] repeated(byte[] input) {
        var bytes = new byte[STRUCTURE_BYTES];
        for (int i = 0; i < bytes.length; i++) bytes[i] = input[i % input.length];
        return bytes;
    }

    private interface Structure {
        Object read(ByteBuffer data) throws ProtocolError;
    }

    private static void structures(byte[] bytes) {
        for (Structure structure : new Structure[] {
            ControllerIdentity::read,
            NamespaceIdentity::read,
            DiscoveryLog::count,
            DiscoveryLog::read,
            data -> ConnectData.read(data.limit(ConnectData.BYTES))
        }) {
            read(structure, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /** What has no length of its own, in exactly these bytes: its end comes sooner than in a page that is full. */
    private static void lists(ByteBuffer bytes) {
        var namespaces = NamespaceIds.readList(bytes);
        if (namespaces.contains(0) || namespaces.size() * 4 > bytes.remaining())
            throw new AssertionError("more namespaces than there are: " + namespaces);
        read(NamespaceIds::read, bytes);
    }

    private static void read(Structure structure, ByteBuffer data) {
        try {
            structure.read(data);
        } catch (ProtocolError e) {
            // Its own error.
        }
    }
}
