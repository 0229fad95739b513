package io.srvlab.rdscsi.nvme.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;

/** Valid PDUs of every type, with random contents. */
final class Samples {
    static final PduReader.Limits LIMITS = new PduReader.Limits(8192, 16_384);

    private final RandomGenerator random;

    Samples(RandomGenerator random) {
        this.random = random;
    }

    List<Pdu> ofEveryType() {
        return List.of(
                new Pdu.IcReq(random.nextInt(0x10000), random.nextInt(0x100), digests(), uint32()),
                new Pdu.IcResp(random.nextInt(0x10000), random.nextInt(0x100), digests(), uint32()),
                new Pdu.H2cTermReq(random.nextInt(0x10000), uint32()),
                new Pdu.C2hTermReq(random.nextInt(0x10000), uint32()),
                new Pdu.CapsuleCmd(entry(), data(0, 8192)),
                new Pdu.CapsuleResp(
                        new Completion(random.nextLong(), id(), id(), id(), Status.of(random.nextInt(0x8000)))),
                new Pdu.H2cData(id(), id(), uint32(), random.nextBoolean(), data(1, 16_384)),
                new Pdu.C2hData(id(), uint32(), random.nextBoolean(), random.nextBoolean(), data(1, 16_384)),
                new Pdu.R2t(id(), id(), uint32(), uint32()));
    }

    Digests digests() {
        return new Digests(random.nextBoolean(), random.nextBoolean());
    }

    static Side sender(Pdu pdu) {
        return switch (pdu) {
            case Pdu.IcReq _, Pdu.H2cTermReq _, Pdu.CapsuleCmd _, Pdu.H2cData _ -> Side.HOST;
            case Pdu.IcResp _, Pdu.C2hTermReq _, Pdu.CapsuleResp _, Pdu.C2hData _, Pdu.R2t _ -> Side.CONTROLLER;
        };
    }

    private SubmissionEntry entry() {
        return new SubmissionEntry(
                random.nextInt(0x100),
                random.nextInt(0x100),
                id(),
                random.nextInt(),
                new Sgl(random.nextLong(), uint32(), random.nextInt(0x100)),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt());
    }

    private int id() {
        return random.nextInt(0x10000);
    }

    private long uint32() {
        return random.nextLong(1L << 32);
    }

    private ByteBuffer data(int least, int most) {
        var bytes = new byte[random.nextInt(least, most + 1)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
