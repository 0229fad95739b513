package io.srvlab.rdscsi.nvme.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.Property;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bounded run of each target, from seeds that count up: a failure names its input. */
@Timeout(120)
class FuzzTest {
    private static final int HEAD_BYTES = 80;

    @Test
    void noiseIsNoPdu() {
        run(Duration.ofSeconds(2), WireFuzz::fuzzerTestOneInput, random -> {
            var bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            return bytes;
        });
    }

    @Test
    void spoiltPdusAreRefusedOrTakenForWhatTheySay() {
        run(Duration.ofSeconds(4), WireFuzz::fuzzerTestOneInput, random -> {
            var digests = digests(random);
            var input = new ByteArrayOutputStream();
            input.write((digests.header() ? 2 : 0) | (digests.data() ? 4 : 0) | random.nextInt(2));
            for (int i = random.nextInt(3); i >= 0; i--) {
                input.writeBytes(PduWriter.bytes(pdu(random), digests));
            }
            return spoilt(input.toByteArray(), random);
        });
    }

    @Test
    void aSessionThatIsSpoiltEndsInOneOfItsOwnErrorsAndTheTargetServesOn(@TempDir Path directory) throws Exception {
        var path = directory.resolve("disk.img");
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(1 << 20);
        }
        try (var session = new SessionFuzz(path)) {
            // Its knock comes first: where nothing is spoilt, everything is served.
            session.fuzz(new byte[] {0, 0});
            run(Duration.ofSeconds(12), session::fuzz, random -> {
                var input = new byte[1 + Spoiler.BYTES * (1 + random.nextInt(3))];
                random.nextBytes(input);
                // Most of what a PDU says is in its first bytes.
                for (int at = 1; at < input.length; at += Spoiler.BYTES) {
                    if (random.nextInt(4) == 0) continue;
                    input[at + 1] = (byte) random.nextInt(HEAD_BYTES);
                    input[at + 2] = 0;
                }
                return input;
            });
            assertThat(session.serves()).isTrue();
        }
    }

    private static void run(Duration time, Consumer<byte[]> fuzz, Function<Random, byte[]> inputs) {
        long end = System.nanoTime() + time.toNanos();
        long seed = 0;
        for (; System.nanoTime() - end < 0; seed++) {
            var input = inputs.apply(new Random(seed));
            try {
                fuzz.accept(input);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(input), e);
            }
        }
        assertThat(seed).as("inputs tried").isPositive();
    }

    private static byte[] spoilt(byte[] bytes, Random random) {
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = 1 + random.nextInt(bytes.length - 1);
            if (random.nextInt(3) > 0) at = Math.min(at, 1 + random.nextInt(8));
            bytes[at] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) > 0 ? bytes : Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    }

    private static Pdu pdu(Random random) {
        var data = ByteBuffer.allocate(random.nextInt(3) * 64);
        int number = random.nextInt(1 << 16);
        return switch (random.nextInt(8)) {
            case 0 -> new Pdu.IcReq(random.nextInt(2), random.nextInt(2), digests(random), number);
            case 1 -> new Pdu.IcResp(random.nextInt(2), random.nextInt(2), digests(random), number);
            case 2 -> new Pdu.H2cTermReq(random.nextInt(8), number);
            case 3 -> new Pdu.C2hTermReq(random.nextInt(8), number);
            case 4 -> new Pdu.CapsuleCmd(entry(random), data);
            case 5 -> new Pdu.R2t(number, number, random.nextInt(), random.nextInt());
            case 6 -> new Pdu.H2cData(number, number, number, random.nextBoolean(), ByteBuffer.allocate(64));
            default ->
                new Pdu.C2hData(number, number, random.nextBoolean(), random.nextBoolean(), ByteBuffer.allocate(64));
        };
    }

    private static Digests digests(Random random) {
        return new Digests(random.nextBoolean(), random.nextBoolean());
    }

    private static SubmissionEntry entry(Random random) {
        int number = random.nextInt();
        return switch (random.nextInt(4)) {
            case 0 -> Commands.connect(number & 0xffff, 2 + (number & 0xff), number);
            case 1 -> Commands.read(number, random.nextLong(), 1 + (number & 0xff), 4096);
            case 2 -> Commands.identify(number & 0xff, number);
            default -> Commands.propertySet(Property.CONFIGURATION, number);
        };
    }
}
